//! The cluster's own tools.

use crate::sim::answers::{etcdctl as members, kubectl as client};
use crate::sim::model::World;
use crate::transport::request::Reply;

pub(super) fn kubectl(world: &mut World, node: &str, args: &[&str], stdin: &str) -> Reply {
    let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    client::run(world, node, &args, Some(stdin))
}

pub(super) fn etcdctl(world: &mut World, node: &str, args: &[&str], _: &str) -> Reply {
    let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    members::run(world, node, &args)
}
