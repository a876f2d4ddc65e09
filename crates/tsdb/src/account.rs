//! The store's share of the memory budget.

use model::Reservation;

/// Brings an account to an amount. When the budget has no room the account stays behind: what is in use already
/// cannot be refused, samples of series that are held least of all, and the next flush brings it back.
pub(crate) fn settle(account: &mut Reservation, bytes: usize) {
    let held = account.bytes();
    if bytes > held {
        let _ = account.grow(bytes - held);
    } else {
        account.shrink(held - bytes);
    }
}
