//! Dashboard files, data sources, users and sessions.
//!
//! [`Library`] finds Grafana's dashboard JSON in folders and in the program, keeps what is saved with its versions,
//! and hands it out unchanged, down to fields that nothing here understands. [`Accounts`] knows who may see and
//! change them: users and service accounts in a file, passwords as bcrypt, sessions and tokens as digests, a brake
//! on guessing. [`DataSources`] keeps the servers that panels ask.
//!
//! This crate knows nothing of HTTP, cookies or panels, and starts no thread: what takes long says so.
//!
//! ```
//! use std::sync::Arc;
//! use dashboard::{Library, Search, Text};
//!
//! static BUILT_IN: [(&str, Text); 1] =
//!     [("home.json", || r#"{"title": "Home", "tags": ["edge"]}"#.to_owned())];
//! let clock = Arc::new(model::clock::SystemClock::default());
//! let library = Library::open("data/dashboards".as_ref(), Vec::new(), &BUILT_IN, clock);
//! let found = library.search(&Search { text: "hom".into(), ..Search::default() });
//! assert_eq!(found[0].title(), "Home");
//! assert!(library.get(found[0].uid())?.unwrap().json.starts_with(r#"{"title":"Home""#));
//! # Ok::<(), dashboard::LibraryError>(())
//! ```

pub mod account;
pub mod annotation;
pub mod data_source;
pub mod library;
mod sealed_file;
pub mod snapshot;
mod stored_file;

pub use account::{
    AccountError, Accounts, Authenticated, Change, Client, LoggedIn, LoginError, Organization, Preferences,
    Profile, Role, ServiceAccount, ServiceAccountChange, Session, Team, TeamMember, Token, UnknownRole, User,
};
pub use annotation::{Annotation, AnnotationError, AnnotationSearch, Annotations};
pub use data_source::{DataSource, DataSourceError, DataSources, Definition};
pub use library::{
    Asker, ChangeError, DASHBOARD_BYTES_MAX, Dashboard, Entry, FileProblem, Folder, FolderChange, Found,
    Grant, Grantee, Kind, Library, LibraryError, NewFolder, Object, Permission, Place, Provider, Save,
    Search, Stamp, Standing, Summary, Text, Version,
};
pub use snapshot::{NewSnapshot, Snapshot, SnapshotError, Snapshots};
