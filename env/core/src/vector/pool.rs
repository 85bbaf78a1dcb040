//! Worker threads that take environments from one queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};

use super::block::Block;
use super::options::{Autoreset, Factory};
use crate::columns::Columnar;
use crate::env::Env;

/// A message from a worker.
pub(super) enum Message<E: Env> {
    /// The worker has begun with the block of this first environment.
    Began { first: usize, turn: u64 },
    /// The worker has done the block's tasks.
    Done(Box<Block<E>>),
}

/// Which worker has which block, by the number and the turn of its first environment.
type AtWork = Arc<Mutex<HashMap<(usize, u64), usize>>>;

fn locked(at_work: &AtWork) -> MutexGuard<'_, HashMap<(usize, u64), usize>> {
    at_work.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a thread polls a queue before it sleeps: waking up takes about as long, and between two steps
/// of a batch the next item mostly arrives within this time.
const PATIENCE: Duration = Duration::from_micros(100);

/// The next item of a queue; `None` when all senders are dropped.
fn next_of<T>(queue: &Receiver<T>) -> Option<T> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        match queue.try_recv() {
            Ok(next) => return Some(next),
            Err(TryRecvError::Disconnected) => return None,
            // Threads that have work run first.
            Err(TryRecvError::Empty) => std::thread::yield_now(),
        }
    }
    queue.recv().ok()
}

/// The workers and the queues to and from them.
pub(super) struct Pool<E: Env> {
    blocks: Option<Sender<Box<Block<E>>>>,
    queue: Receiver<Box<Block<E>>>,
    messages: Receiver<Message<E>>,
    sender: Sender<Message<E>>,
    at_work: AtWork,
    /// `None` for workers that were abandoned.
    workers: Vec<Option<JoinHandle<()>>>,
    space: E::ObservationSpace,
    factory: Factory<E>,
    autoreset: Autoreset,
}

impl<E> Pool<E>
where
    E: Env + Send + 'static,
    E::Obs: Send,
    E::Action: Send,
    E::Info: Send,
    E::Options: Send,
    E::ObservationSpace: Columnar + Clone + Send,
{
    pub(super) fn new(
        threads: usize,
        space: E::ObservationSpace,
        factory: Factory<E>,
        autoreset: Autoreset,
    ) -> Self {
        let (blocks, queue) = unbounded();
        let (sender, messages) = unbounded();
        let mut pool = Self {
            blocks: Some(blocks),
            queue,
            messages,
            sender,
            at_work: Arc::default(),
            workers: Vec::new(),
            space,
            factory,
            autoreset,
        };
        (0..threads).for_each(|_| pool.spawn_worker());
        pool
    }

    fn spawn_worker(&mut self) {
        let number = self.workers.len();
        let (queue, sender) = (self.queue.clone(), self.sender.clone());
        let (factory, autoreset) = (self.factory.clone(), self.autoreset);
        let (space, at_work) = (self.space.clone(), self.at_work.clone());
        let work = move || {
            while let Some(mut block) = next_of(&queue) {
                let (first, turn) = (block.first, block.turn);
                locked(&at_work).insert((first, turn), number);
                // Sending fails once the pool is dropped; the message is then not needed.
                let _ = sender.send(Message::Began { first, turn });
                block.work(&space, &factory, autoreset);
                let abandoned = locked(&at_work).remove(&(first, turn)).is_none();
                let _ = sender.send(Message::Done(block));
                if abandoned {
                    // The pool has started another worker in this one's place.
                    return;
                }
            }
        };
        self.workers.push(Some(std::thread::spawn(work)));
    }

    pub(super) fn send(&self, block: Box<Block<E>>) {
        if let Some(blocks) = &self.blocks {
            // Sending cannot fail: the pool itself holds a receiver.
            let _ = blocks.send(block);
        }
    }

    /// Does one of the waiting blocks on the calling thread: waking a worker takes longer than a short step.
    pub(super) fn help(&self) -> Option<Message<E>> {
        let mut block = self.queue.try_recv().ok()?;
        block.work(&self.space, &self.factory, self.autoreset);
        Some(Message::Done(block))
    }

    /// The next message of a worker; `None` if none arrives until `deadline`.
    pub(super) fn receive(&self, deadline: Option<Instant>) -> Option<Message<E>> {
        match deadline {
            None => next_of(&self.messages),
            Some(deadline) => self.messages.recv_deadline(deadline).ok(),
        }
    }

    /// Abandons the worker that has a block, and starts another in its place.
    pub(super) fn abandon(&mut self, first: usize, turn: u64) {
        let worker = locked(&self.at_work).remove(&(first, turn));
        if let Some(worker) = worker {
            self.workers[worker] = None;
            self.spawn_worker();
        }
    }
}

impl<E: Env> Drop for Pool<E> {
    fn drop(&mut self) {
        // Without senders the workers' queues end.
        self.blocks = None;
        while self.queue.try_recv().is_ok() {}
        for worker in self.workers.drain(..).flatten() {
            // A worker catches the panics of environments, so that it does not panic itself.
            let _ = worker.join();
        }
    }
}
