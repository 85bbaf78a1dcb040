//! Worker threads that take environments from one queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};

use super::lane::{Lane, Message, Task};
use super::options::{Autoreset, Factory};
use crate::env::Env;

/// An environment on its way to a worker.
struct Job<E: Env> {
    lane: Lane<E>,
    task: Task<E>,
    turn: u64,
}

/// Which worker has which environment, by the environment's number and turn.
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
    jobs: Option<Sender<Job<E>>>,
    queue: Receiver<Job<E>>,
    messages: Receiver<Message<E>>,
    sender: Sender<Message<E>>,
    at_work: AtWork,
    /// `None` for workers that were abandoned.
    workers: Vec<Option<JoinHandle<()>>>,
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
{
    pub(super) fn new(threads: usize, factory: Factory<E>, autoreset: Autoreset) -> Self {
        let (jobs, queue) = unbounded();
        let (sender, messages) = unbounded();
        let mut pool = Self {
            jobs: Some(jobs),
            queue,
            messages,
            sender,
            at_work: Arc::default(),
            workers: Vec::new(),
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
        let at_work = self.at_work.clone();
        let work = move || {
            while let Some(Job {
                mut lane,
                task,
                turn,
            }) = next_of(&queue)
            {
                let index = lane.index();
                locked(&at_work).insert((index, turn), number);
                // Sending fails once the pool is dropped; the message is then not needed.
                let _ = sender.send(Message::Began { index, turn });
                let outcome = lane.work(task, &factory, autoreset);
                let abandoned = locked(&at_work).remove(&(index, turn)).is_none();
                let _ = sender.send(Message::Done {
                    turn,
                    lane,
                    outcome,
                });
                if abandoned {
                    // The pool has started another worker in this one's place.
                    return;
                }
            }
        };
        self.workers.push(Some(std::thread::spawn(work)));
    }

    pub(super) fn send(&self, lane: Lane<E>, task: Task<E>, turn: u64) {
        if let Some(jobs) = &self.jobs {
            // Sending cannot fail: the pool itself holds a receiver.
            let _ = jobs.send(Job { lane, task, turn });
        }
    }

    /// Does one of the waiting tasks on the calling thread: waking a worker takes longer than a short step.
    pub(super) fn help(&self) -> Option<Message<E>> {
        let Job {
            mut lane,
            task,
            turn,
        } = self.queue.try_recv().ok()?;
        let outcome = lane.work(task, &self.factory, self.autoreset);
        Some(Message::Done {
            turn,
            lane,
            outcome,
        })
    }

    /// The next message of a worker; `None` if none arrives until `deadline`.
    pub(super) fn receive(&self, deadline: Option<Instant>) -> Option<Message<E>> {
        match deadline {
            None => next_of(&self.messages),
            Some(deadline) => self.messages.recv_deadline(deadline).ok(),
        }
    }

    /// Abandons the worker that runs an environment's task, and starts another in its place.
    pub(super) fn abandon(&mut self, index: usize, turn: u64) {
        let worker = locked(&self.at_work).remove(&(index, turn));
        if let Some(worker) = worker {
            self.workers[worker] = None;
            self.spawn_worker();
        }
    }
}

impl<E: Env> Drop for Pool<E> {
    fn drop(&mut self) {
        // Without senders the workers' queues end.
        self.jobs = None;
        while self.queue.try_recv().is_ok() {}
        for worker in self.workers.drain(..).flatten() {
            // A worker catches the panics of environments, so that it does not panic itself.
            let _ = worker.join();
        }
    }
}
