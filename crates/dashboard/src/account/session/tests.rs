use super::*;

fn client() -> Client {
    Client { address: IpAddr::from([10, 0, 0, 1]), agent: "browser".into() }
}

fn open(sessions: &mut Sessions, user_id: u64, now: i64) -> String {
    sessions.open(user_id, 0, client(), now).unwrap()
}

/// Uses a session as a browser does, which takes every new secret.
fn uses(sessions: &mut Sessions, secret: &mut String, now: i64) -> bool {
    let Some(touched) = sessions.touch(secret, now) else { return false };
    *secret = touched.renewed.unwrap_or_else(|| secret.clone());
    true
}

#[test]
fn sessions_end_by_idleness_age_and_log_out() {
    let mut sessions = Sessions::default();
    let (mut idle, mut busy) = (open(&mut sessions, 1, 0), open(&mut sessions, 1, 0));
    for day in 0..30 {
        assert!(uses(&mut sessions, &mut busy, day * DAY_MS), "day {day}");
    }
    assert!(!uses(&mut sessions, &mut idle, 7 * DAY_MS));
    assert!(!uses(&mut sessions, &mut busy, 30 * DAY_MS));
    let out = open(&mut sessions, 2, 0);
    let (id, user_id) = sessions.user(&out).unwrap();
    assert!(user_id == 2 && sessions.remove(id) && !sessions.remove(id));
    assert_eq!(sessions.touch(&out, 0), None);
    assert!(sessions.held.is_empty() && sessions.ids.is_empty());
}

#[test]
fn a_secret_is_renewed_and_the_one_before_ends() {
    let mut sessions = Sessions::default();
    let first = open(&mut sessions, 1, 0);
    let mut now = RENEWED_AFTER_MS;
    assert_eq!(sessions.touch(&first, now - 1).unwrap().renewed, None);
    let second = sessions.touch(&first, now).unwrap().renewed.unwrap();
    // Requests that were under way, and then one whose answer was lost.
    assert_eq!(sessions.touch(&first, now + 1).unwrap().renewed, None);
    now += RENEWED_AFTER_MS;
    let third = sessions.touch(&first, now).unwrap().renewed.unwrap();
    assert_eq!(sessions.touch(&second, now), None, "it never arrived");
    // Once the new one was seen, the one before ends.
    assert_eq!(sessions.touch(&third, now).unwrap().renewed, None);
    assert!(sessions.touch(&first, now + GRACE_MS - 1).is_some());
    assert_eq!(sessions.touch(&first, now + GRACE_MS), None);
    assert!(sessions.touch(&third, now + GRACE_MS).is_some());
    assert_eq!(sessions.ids.len(), 1);
}

#[test]
fn a_new_epoch_leaves_one_session() {
    let mut sessions = Sessions::default();
    let (kept, ended, other) =
        (open(&mut sessions, 1, 0), open(&mut sessions, 1, 0), open(&mut sessions, 2, 0));
    let (kept_id, _) = sessions.user(&kept).unwrap();
    sessions.keep_alone(1, Some(kept_id), 1);
    assert_eq!(sessions.touch(&kept, 0).map(|touched| touched.epoch), Some(1));
    assert_eq!(sessions.touch(&ended, 0), None);
    assert!(sessions.touch(&other, 0).is_some());
}

#[test]
fn the_session_idle_longest_makes_room_first_among_ones_own() {
    let mut sessions = Sessions::default();
    let mut first = open(&mut sessions, 0, 0);
    for n in 1..SESSIONS_MAX as u64 {
        open(&mut sessions, n / 40, n as i64);
    }
    let now = SESSIONS_MAX as i64;
    assert!(uses(&mut sessions, &mut first, now));
    open(&mut sessions, 9_999, now);
    assert_eq!(sessions.held.len(), SESSIONS_MAX);
    assert!(uses(&mut sessions, &mut first, now));
    for _ in 0..200 {
        open(&mut sessions, 9_999, now);
    }
    assert_eq!(sessions.held.values().filter(|held| held.user_id == 9_999).count(), PER_USER_MAX);
    assert!(sessions.held.len() <= SESSIONS_MAX && uses(&mut sessions, &mut first, now));
}
