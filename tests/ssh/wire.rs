//! A link that can be cut: forwards TCP to a node until told otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Bytes pass.
    Open,
    /// Nothing passes, and nobody is told.
    Silent,
    /// Every connection is closed, new ones too.
    Closed,
}

#[derive(Debug)]
pub struct Wire {
    pub port: u16,
    state: watch::Sender<State>,
    /// Bytes that still pass towards the console before all connections are cut, once; below zero: no limit.
    left: Arc<AtomicI64>,
    /// Counts cuts; each ends the connections of its time.
    cuts: watch::Sender<u32>,
}

impl Wire {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            port: listener.local_addr().unwrap().port(),
            state: watch::Sender::new(State::Open),
            left: Arc::new(AtomicI64::new(-1)),
            cuts: watch::Sender::new(0),
        };
        let (state, left, cuts) = (wire.state.clone(), Arc::clone(&wire.left), wire.cuts.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *state.borrow() == State::Closed {
                    continue;
                }
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                let (state, left, cuts) = (state.clone(), Arc::clone(&left), cuts.clone());
                tokio::spawn(async move {
                    let mut cut = cuts.subscribe();
                    let mut closed = state.subscribe();
                    tokio::select! {
                        () = copy(near_read, far_write, &state, None) => {}
                        () = copy(far_read, near_write, &state, Some((&left, &cuts))) => {}
                        _ = cut.changed() => {}
                        _ = closed.wait_for(|state| *state == State::Closed) => {}
                    }
                });
            }
        });
        wire
    }

    pub fn set(&self, state: State) {
        self.state.send_replace(state);
    }

    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Cuts after so many more bytes from the node.
    pub fn cut_after(&self, bytes: i64) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    pub fn cuts(&self) -> u32 {
        *self.cuts.borrow()
    }
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    state: &watch::Sender<State>,
    limit: Option<(&AtomicI64, &watch::Sender<u32>)>,
) {
    let mut buffer = [0; 16 * 1024];
    let mut open = state.subscribe();
    loop {
        let Ok(mut count @ 1..) = from.read(&mut buffer).await else { return };
        if open.wait_for(|state| *state != State::Silent).await.is_err() {
            return;
        }
        let mut cut = false;
        if let Some((left, _)) = limit {
            let now = left.load(Ordering::Relaxed);
            if now >= 0 {
                let passing = i64::try_from(count).unwrap();
                cut = now < passing;
                count = count.min(usize::try_from(now).unwrap());
                left.store(if cut { -1 } else { now - passing }, Ordering::Relaxed);
            }
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        if cut && let Some((_, cuts)) = limit {
            cuts.send_modify(|cuts| *cuts += 1);
        }
    }
}
