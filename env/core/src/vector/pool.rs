//! Worker threads that take environments from one queue.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};

use super::lane::{Lane, Task, Told};
use super::{Autoreset, Factory};
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

/// How long somebody looks for what comes next before going to sleep: waking up takes about as long, and between two steps
/// of a batch it mostly is there by then.
const PATIENCE: Duration = Duration::from_micros(100);

/// What comes next out of a queue; `None` when nothing can come any more.
fn next_of<T>(queue: &Receiver<T>) -> Option<T> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        match queue.try_recv() {
            Ok(next) => return Some(next),
            Err(TryRecvError::Disconnected) => return None,
            // Who has something to do goes first.
            Err(TryRecvError::Empty) => std::thread::yield_now(),
        }
    }
    queue.recv().ok()
}

/// The workers and the queues to and from them.
pub(super) struct Pool<E: Env> {
    jobs: Option<Sender<Job<E>>>,
    queue: Receiver<Job<E>>,
    told: Receiver<Told<E>>,
    tell: Sender<Told<E>>,
    at_work: AtWork,
    /// `None` for those that were given up.
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
        let (tell, told) = unbounded();
        let mut pool = Self {
            jobs: Some(jobs),
            queue,
            told,
            tell,
            at_work: Arc::default(),
            workers: Vec::new(),
            factory,
            autoreset,
        };
        (0..threads).for_each(|_| pool.hire());
        pool
    }

    fn hire(&mut self) {
        let number = self.workers.len();
        let (queue, tell) = (self.queue.clone(), self.tell.clone());
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
                // Nobody listens any more once the environments are dropped.
                let _ = tell.send(Told::Began { index, turn });
                let outcome = lane.work(task, &factory, autoreset);
                let given_up = locked(&at_work).remove(&(index, turn)).is_none();
                let _ = tell.send(Told::Done {
                    turn,
                    lane,
                    outcome,
                });
                if given_up {
                    // Another was hired in this one's place.
                    return;
                }
            }
        };
        self.workers.push(Some(std::thread::spawn(work)));
    }

    pub(super) fn send(&self, lane: Lane<E>, task: Task<E>, turn: u64) {
        if let Some(jobs) = &self.jobs {
            // The pool holds a receiver itself, so that the queue never is without one.
            let _ = jobs.send(Job { lane, task, turn });
        }
    }

    /// Does one of the waiting tasks on the calling thread: the wait for a worker to wake up is longer than many a step.
    pub(super) fn help(&self) -> Option<Told<E>> {
        let Job {
            mut lane,
            task,
            turn,
        } = self.queue.try_recv().ok()?;
        let outcome = lane.work(task, &self.factory, self.autoreset);
        Some(Told::Done {
            turn,
            lane,
            outcome,
        })
    }

    /// What a worker tells next; `None` if none does until `deadline`.
    pub(super) fn receive(&self, deadline: Option<Instant>) -> Option<Told<E>> {
        match deadline {
            None => next_of(&self.told),
            Some(deadline) => self.told.recv_deadline(deadline).ok(),
        }
    }

    /// Leaves the worker that is at an environment to itself and hires another in its place.
    pub(super) fn give_up(&mut self, index: usize, turn: u64) {
        let worker = locked(&self.at_work).remove(&(index, turn));
        if let Some(worker) = worker {
            self.workers[worker] = None;
            self.hire();
        }
    }
}

impl<E: Env> Drop for Pool<E> {
    fn drop(&mut self) {
        // Without senders the workers' queues end.
        self.jobs = None;
        while self.queue.try_recv().is_ok() {}
        for worker in self.workers.drain(..).flatten() {
            // A worker catches what environments throw.
            let _ = worker.join();
        }
    }
}
