//! Why the library cannot do what it is asked.

use std::{io, path::PathBuf};

/// Why a dashboard cannot be handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// Its file cannot be read any more.
    #[error("cannot read the dashboard file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its file was changed within the last second and is no JSON object any more.
    #[error("the dashboard file {} was changed and cannot be shown: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column, and the cure.
        message: String,
    },
}

/// Why a dashboard or folder is not changed. The words are Grafana's, where it has some: clients know them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The text is no dashboard.
    #[error("bad request data: {0}")]
    Invalid(String),
    /// A dashboard has no title.
    #[error("Dashboard title cannot be empty")]
    TitleEmpty,
    /// A title is longer than anybody reads.
    #[error("Dashboard title cannot contain more than 5 000 characters")]
    TitleTooLong,
    /// A uid has characters that cannot stand in an address.
    #[error("uid contains illegal characters")]
    UidInvalid,
    /// A uid has more than 40 characters.
    #[error("uid too long, max 40 characters")]
    UidTooLong,
    /// A message has more than 500 characters.
    #[error("message too long, max 500 characters")]
    MessageTooLong,
    /// The text is larger than any dashboard.
    #[error("the dashboard has {size_bytes} bytes, at most {limit_bytes} are taken; split it")]
    TooLarge {
        /// Its size.
        size_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// No browser would draw it.
    #[error("the dashboard has {panels} panels, at most {limit} are taken; split it")]
    TooManyPanels {
        /// How many it has.
        panels: usize,
        /// The limit.
        limit: usize,
    },
    /// There is no dashboard of that uid or id.
    #[error("Dashboard not found")]
    NotFound,
    /// The version is not kept, or never was.
    #[error("Dashboard version not found")]
    VersionNotFound,
    /// Whoever saves it may not change it, or not put it there.
    #[error("Access denied to save dashboard")]
    Denied,
    /// The uid belongs to another dashboard than the id.
    #[error("A dashboard with the same uid already exists")]
    SameUid,
    /// Another dashboard in the folder has the title.
    #[error("A dashboard with the same name in the folder already exists")]
    SameName,
    /// Somebody else saved it meanwhile.
    #[error("The dashboard has been changed by someone else")]
    VersionMismatch,
    /// It comes from a file that may not be changed here.
    #[error("Cannot save provisioned dashboard")]
    Provisioned,
    /// It comes from a file or the program itself.
    #[error("provisioned dashboard cannot be deleted")]
    CannotDelete,
    /// There is no folder of that uid or id.
    #[error("folder not found")]
    FolderNotFound,
    /// A folder has no title.
    #[error("folder title cannot be empty")]
    FolderTitleEmpty,
    /// The uid belongs to something else already.
    #[error("a folder/dashboard with the same uid already exists")]
    FolderSameUid,
    /// Somebody else changed it meanwhile.
    #[error("the folder has been changed by someone else")]
    FolderVersionMismatch,
    /// There would be more levels of folders than allowed.
    #[error("Maximum nested folder depth reached")]
    FolderTooDeep,
    /// A folder would be inside itself.
    #[error("Circular reference detected")]
    FolderCircular,
    /// It is there because of the files in it.
    #[error("the folder comes from files and cannot be changed here")]
    FolderProvisioned,
    /// Dashboards in it come from files.
    #[error("the folder holds provisioned dashboards and cannot be deleted")]
    FolderHoldsFiles,
    /// Nothing more is taken until something is deleted.
    #[error("Quota reached: {what} take {used} of {limit}; delete some")]
    Full {
        /// What there is too much of, with its unit.
        what: &'static str,
        /// How much there is.
        used: u64,
        /// How much there may be.
        limit: u64,
    },
    /// What is there cannot be read.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The disk failed.
    #[error("cannot store it in {}", path.display())]
    Storage {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no random numbers.
    #[error("no random numbers from the system: {0}")]
    Random(getrandom::Error),
}
