//! temporary
#![allow(missing_docs)]
use std::time::Duration;
use tokio::sync::mpsc;
use crate::ids::NodeName;
use crate::transport::request::Greeting;
use crate::transport::*;
#[derive(Debug)] pub enum Rack {}
pub struct RackSpec;
impl RackSpec { pub fn from_inventory<A,B,C>(_:A,_:B,_:C)->Self{Self} }
impl Rack {
    pub fn new<A,B,C,D>(_:A,_:B,_:C,_:D)->Self{ unreachable!() }
    pub async fn connect(&self, _: &NodeName) -> Result<Greeting, TransportError> { unreachable!() }
    pub async fn ask(&self, _: &NodeName, _: &Request, _: Duration) -> Result<Reply, TransportError> { unreachable!() }
    pub async fn run(&self, _: &NodeName, _: &RunKey, _: &Request, _: Start, _: &mpsc::Sender<Vec<u8>>) -> Result<Ended, TransportError> { unreachable!() }
    pub async fn kill(&self, _: &NodeName, _: &RunKey, _: Duration) -> Result<Ended, TransportError> { unreachable!() }
    pub async fn forget(&self, _: &NodeName, _: &[RunKey]) -> Result<(), TransportError> { unreachable!() }
    pub async fn close(&self) {}
}
pub mod scenario { pub fn list()->Vec<(&'static str,&'static str)>{vec![]} pub fn load(_:&str)->Result<Option<()>,std::io::Error>{Ok(None)} }
pub fn kubeadm_main<A,B,C,D,E>(_:A,_:B,_:C,_:D,_:E)->i32{0}
