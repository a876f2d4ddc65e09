//! The sessions' file: `sessions.json` in the data folder, and when each user and token was seen last.
//!
//! Losing it costs a log-in, so a damaged one is said and passed over.

use std::{collections::BTreeMap, net::IpAddr, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    session::{Client, Held, Previous, Sessions},
    token,
};
use crate::stored_file;

pub(super) const FILE: &str = "sessions.json";
/// Bytes of the file: 1,000 sessions.
const FILE_BYTES_MAX: u64 = 4 << 20;
const VERSION: u32 = 1;

/// When users and tokens were seen last, by id, in milliseconds since the Unix epoch.
pub(super) type Seen = BTreeMap<u64, i64>;

#[derive(Serialize, Deserialize)]
struct SessionFile {
    version: u32,
    saved_ms: i64,
    seen_ms: Seen,
    /// The highest number that a session had.
    #[serde(default)]
    last_id: u64,
    sessions: Vec<SessionRecord>,
}

/// How long ago things happened, not when: the wall clock may have jumped meanwhile.
#[derive(Serialize, Deserialize)]
struct SessionRecord {
    id: u64,
    user_id: u64,
    epoch: u64,
    secret_sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_sha256: Option<String>,
    age_ms: i64,
    idle_ms: i64,
    renewed_ago_ms: i64,
    address: IpAddr,
    agent: String,
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// Milliseconds on the process's monotonic scale.
    pub(super) monotonic: i64,
    /// Milliseconds since the Unix epoch.
    pub(super) wall_ms: i64,
}

/// What the file holds.
pub(super) fn encode(sessions: &Sessions, seen: &Seen, now: Now) -> Vec<u8> {
    let record = |(id, held): (u64, &Held)| SessionRecord {
        id,
        user_id: held.user_id,
        epoch: held.epoch,
        secret_sha256: token::hex(&held.secret),
        previous_sha256: held.previous.as_ref().map(|previous| token::hex(&previous.secret)),
        age_ms: now.monotonic - held.opened,
        idle_ms: now.monotonic - held.used,
        renewed_ago_ms: now.monotonic - held.renewed,
        address: held.client.address,
        agent: held.client.agent.clone(),
    };
    let file = SessionFile {
        version: VERSION,
        saved_ms: now.wall_ms,
        seen_ms: seen.clone(),
        last_id: sessions.last_id(),
        sessions: sessions.live(now.monotonic).map(record).collect(),
    };
    serde_json::to_vec(&file).expect("numbers and texts are JSON")
}

/// What an earlier process left; nothing when it left nothing that can be read.
pub(super) fn read(path: &Path, now: Now) -> (Sessions, Seen) {
    let problem = match stored_file::read(path, FILE_BYTES_MAX) {
        Ok(None) => return Default::default(),
        Err(error) => error.to_string(),
        Ok(Some(bytes)) => match serde_json::from_slice::<SessionFile>(&bytes) {
            Ok(file) if file.version == VERSION => return (restored(&file, now), file.seen_ms),
            Ok(file) => format!("it has version {}", file.version),
            Err(error) => error.to_string(),
        },
    };
    tracing::warn!(file = %path.display(), problem, "the sessions' file cannot be used; everybody has to log in again");
    Default::default()
}

fn restored(file: &SessionFile, now: Now) -> Sessions {
    // A clock that was set back says nothing; sessions are then as old as they were.
    let away = now.wall_ms.saturating_sub(file.saved_ms).max(0);
    let then = |ago_ms: i64| now.monotonic.saturating_sub(away).saturating_sub(ago_ms.max(0));
    let mut sessions = Sessions::numbered_from(file.last_id);
    for record in &file.sessions {
        let Some(secret) = token::parse_digest(&record.secret_sha256) else { continue };
        let previous = record.previous_sha256.as_deref().and_then(token::parse_digest);
        let held = Held {
            user_id: record.user_id,
            epoch: record.epoch,
            client: Client { address: record.address, agent: record.agent.clone() },
            opened: then(record.age_ms),
            used: then(record.idle_ms),
            renewed: then(record.renewed_ago_ms),
            secret,
            previous: previous.map(|secret| Previous { secret, until: None }),
        };
        sessions.insert(record.id, held);
    }
    sessions
}
