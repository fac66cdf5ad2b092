//! What is sent to a node.

use crate::secret::MASK;
use crate::survey::quote::quote;

/// The shell function that lists the files; a run's own shell calls it before and after.
pub const LIST: &str = include_str!("list.sh");

/// Bytes read of a file.
pub const MOST: usize = 64 * 1024;

/// The script that tells what run `key` changed, or without one all that is there now; status 3 when nothing is known of
/// that run. [`super::told::read`] reads what it prints. Expects the place of the runs in `k_base`.
pub fn tell(key: Option<&str>) -> String {
    let tell = include_str!("tell.sh").replace("@MOST@", &(MOST + 1).to_string()).replace("@MASK@", MASK);
    format!("{LIST}k_key={}\n{tell}", quote(key.unwrap_or_default()))
}
