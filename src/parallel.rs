//! Work on many things of which none knows of another, on all processors of this machine.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many threads there are to work on. Asked once: the system reads files of its own for the answer, which takes
/// longer than a commit of one record.
pub fn threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| thread::available_parallelism().map_or(1, NonZeroUsize::get))
}

/// Two pieces of work side by side, each worth a thread. If one panics, this does.
pub fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        (one(), other.join().unwrap_or_else(|p| resume_unwind(p)))
    })
}

/// So many shares there are for each thread: who is done early takes another, and nobody waits long for the last.
const SHARES: usize = 16;

/// What `each` makes of shares of `items`, in the order of these. At least `least` items are worth a thread, since that
/// costs some work as well; what is worth less than two is one share and done here. If `each` panics, this does.
pub fn shares<T: Sync, R: Send>(items: &[T], least: usize, each: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let workers = (items.len() / least.max(1)).min(threads());
    let shares: Vec<&[T]> = match workers {
        0 | 1 => vec![items],
        _ => items.chunks(items.len().div_ceil(workers * SHARES)).collect(),
    };
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((n, share)) = take(&next, &shares) {
            done.push((n, each(share)));
        }
        done
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|p| resume_unwind(p)));
        }
        done
    });
    done.sort_unstable_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, made)| made).collect()
}

/// The next share that nobody has taken.
fn take<'s, T>(next: &AtomicUsize, shares: &[&'s [T]]) -> Option<(usize, &'s [T])> {
    let n = next.fetch_add(1, Ordering::Relaxed);
    Some((n, shares.get(n)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_keep_the_order_and_lose_nothing() {
        for n in [0, 1, 9, 10, 11, 1_000] {
            let items: Vec<usize> = (0..n).collect();
            let parts = shares(&items, 10, <[usize]>::to_vec);
            assert_eq!(parts.concat(), items, "{n}");
            assert!(n >= 20 || parts.len() == 1, "not worth two threads: {n}");
        }
    }

    #[test]
    fn the_order_holds_whoever_is_done_first() {
        let items: Vec<usize> = (0..64).collect();
        let parts = shares(&items, 1, |share| {
            // The first share is done last.
            let busy = if share.contains(&0) { 100_000 } else { 1 };
            (0..busy).fold(share[0], |n, _| std::hint::black_box(n))
        });
        assert!(parts.is_sorted(), "{parts:?}");
        assert_eq!(parts.first(), Some(&0));
    }
}
