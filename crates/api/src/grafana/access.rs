//! What somebody may do with a single folder or dashboard.

use dashboard::{Asker, Entry, Folder, Permission, Role};

use super::{Grafana, Viewer, request::Refusal};

/// What is asked for, in Grafana's words.
const ACTIONS: [(Permission, &str); 3] = [
    (Permission::View, "dashboards:read"),
    (Permission::Edit, "dashboards:write"),
    (Permission::Admin, "dashboards.permissions:write"),
];

impl Grafana {
    /// Who asks.
    pub(super) fn asker(&self, viewer: &Viewer) -> Asker {
        Asker { role: viewer.role(), id: viewer.id(), teams: self.accounts.teams_of(viewer.id()) }
    }

    /// What somebody may do with the dashboard or folder of a uid; at the top, which has none, the role decides.
    pub(super) fn permission(&self, uid: &str, viewer: &Viewer) -> Option<Permission> {
        self.library.permission(uid, &self.asker(viewer))
    }

    /// Refuses who may not do something with the dashboard or folder of a uid.
    pub(super) fn require(&self, uid: &str, viewer: &Viewer, needed: Permission) -> Result<(), Refusal> {
        if self.permission(uid, viewer) >= Some(needed) { Ok(()) } else { Err(denied(viewer, needed)) }
    }

    /// Refuses who may change nothing at all: such a request is not looked at any further.
    pub(super) fn require_editing(&self, viewer: &Viewer) -> Result<Asker, Refusal> {
        let asker = self.asker(viewer);
        let may =
            viewer.role() >= Role::Editor || self.library.is_granted_somewhere(&asker, Permission::Edit);
        // Nobody changes anything without a log-in, whatever viewers may do.
        if may && asker.id > 0 { Ok(asker) } else { Err(denied(viewer, Permission::Edit)) }
    }

    /// Refuses to make a folder again that is lost, but for admins: what was in it would be open to whom its maker
    /// says.
    pub(super) fn require_new_folder(&self, uid: &str, viewer: &Viewer) -> Result<(), Refusal> {
        let is_refused = viewer.role() != Role::Admin && self.library.is_lost_folder(uid);
        if is_refused { Err(denied(viewer, Permission::Admin)) } else { Ok(()) }
    }

    /// The dashboard when somebody may do something with it.
    pub(super) fn allowed(
        &self,
        entry: Entry,
        viewer: &Viewer,
        needed: Permission,
    ) -> Result<Entry, Refusal> {
        self.require(entry.uid(), viewer, needed).map(|()| entry)
    }

    /// What somebody may do with a folder, as clients read it: change, delete, grant.
    pub(super) fn folder_rights(&self, folder: &Folder, viewer: &Viewer) -> (bool, bool) {
        let permission = self.permission(&folder.uid, viewer);
        let can_edit = permission >= Some(Permission::Edit) && !folder.provisioned;
        (can_edit, permission >= Some(Permission::Admin))
    }
}

fn denied(viewer: &Viewer, needed: Permission) -> Refusal {
    let action =
        ACTIONS.iter().find(|(permission, _)| *permission == needed).map_or("", |(_, action)| action);
    Refusal::denied(viewer, action)
}
