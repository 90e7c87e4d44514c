//! Work on many things of which none knows of another, on all processors of this machine.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

/// How many threads there are to work on. Asked once: the system reads files of its own for the answer, which takes
/// longer than a commit of one record.
pub fn threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    *THREADS.get_or_init(|| thread::available_parallelism().map_or(1, NonZeroUsize::get))
}

/// What `each` makes of shares of `items`, in the order of these. A share has at least `least` items, since a thread costs
/// some work as well; what is less than two shares is done here. If `each` panics, this does.
pub fn shares<T: Sync, R: Send>(items: &[T], least: usize, each: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let size = items.len().div_ceil(threads()).max(least).max(1);
    let mut shares = items.chunks(size);
    let first = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let each = &each;
        let others: Vec<_> = shares.map(|share| scope.spawn(move || each(share))).collect();
        let first = std::iter::once(each(first));
        let others = others
            .into_iter()
            .map(|o| o.join().unwrap_or_else(|p| resume_unwind(p)));
        first.chain(others).collect()
    })
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
            let whole = parts.iter().rev().skip(1).all(|p| p.len() >= 10);
            assert!(whole, "a share is worth a thread: {n}");
        }
    }
}
