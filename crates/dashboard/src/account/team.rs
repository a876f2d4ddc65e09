//! Teams: users who are granted the same.

use serde::{Deserialize, Serialize};

use super::{
    AccountError, Accounts,
    directory::Directory,
    user::{NAME_MAX, check_text},
};

/// Teams; each takes some 200 bytes.
const TEAMS_MAX: usize = 200;
const NO_TEAM: AccountError = AccountError::Missing { what: "Team" };

/// Users who are granted something together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Team {
    /// Given once and never again; no user has it.
    pub id: u64,
    /// What people call it; no other is called so.
    pub name: String,
    /// May be empty.
    pub email: String,
    /// Who belongs to it, in the order in which they came.
    pub members: Vec<TeamMember>,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
}

/// A user in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    /// The user's number.
    pub user_id: u64,
    /// Whether the team calls the user its admin, which programs keep and nothing here asks for.
    pub is_admin: bool,
}

impl Directory {
    fn team_mut(&mut self, id: u64) -> Result<&mut Team, AccountError> {
        self.teams.iter_mut().find(|team| team.id == id).ok_or(NO_TEAM)
    }

    fn checked_team_name(&self, name: &str, own_id: Option<u64>) -> Result<String, AccountError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(AccountError::Invalid { field: "name", why: "it is empty" });
        }
        check_text("name", name, NAME_MAX)?;
        if self.teams.iter().any(|team| team.name == name && Some(team.id) != own_id) {
            return Err(AccountError::Taken { what: "Team", name: name.to_owned() });
        }
        Ok(name.to_owned())
    }

    fn create_team(&mut self, name: &str, email: &str, created_ms: i64) -> Result<Team, AccountError> {
        let name = self.checked_team_name(name, None)?;
        check_text("email", email, NAME_MAX)?;
        if self.teams.len() >= TEAMS_MAX {
            return Err(AccountError::Full { what: "teams", limit: TEAMS_MAX });
        }
        let team =
            Team { id: self.take_id(), name, email: email.to_owned(), members: Vec::new(), created_ms };
        self.teams.push(team.clone());
        Ok(team)
    }

    fn rename_team(&mut self, id: u64, name: &str, email: &str) -> Result<(), AccountError> {
        check_text("email", email, NAME_MAX)?;
        let name = self.checked_team_name(name, Some(id))?;
        let team = self.team_mut(id)?;
        (team.name, team.email) = (name, email.to_owned());
        Ok(())
    }

    fn put_into_team(&mut self, id: u64, member: TeamMember) -> Result<(), AccountError> {
        self.user(member.user_id)?;
        let members = &mut self.team_mut(id)?.members;
        match members.iter_mut().find(|other| other.user_id == member.user_id) {
            Some(known) => *known = member,
            None => members.push(member),
        }
        Ok(())
    }

    fn take_from_team(&mut self, id: u64, user_id: u64) -> Result<(), AccountError> {
        let members = &mut self.team_mut(id)?.members;
        let before = members.len();
        members.retain(|member| member.user_id != user_id);
        if members.len() < before { Ok(()) } else { Err(AccountError::Missing { what: "Team member" }) }
    }

    /// Takes a user out of all teams.
    pub(super) fn leave_teams(&mut self, user_id: u64) {
        self.teams.iter_mut().for_each(|team| team.members.retain(|member| member.user_id != user_id));
    }
}

impl Accounts {
    /// All teams, oldest first.
    pub fn teams(&self) -> Vec<Team> {
        self.directory().teams.clone()
    }

    /// A team.
    ///
    /// # Errors
    /// When there is none.
    pub fn team(&self, id: u64) -> Result<Team, AccountError> {
        self.directory().teams.iter().find(|team| team.id == id).cloned().ok_or(NO_TEAM)
    }

    /// The numbers of the teams that a user belongs to.
    pub fn teams_of(&self, user_id: u64) -> Vec<u64> {
        let directory = self.directory();
        let own = directory.teams.iter().filter(|team| team.members.iter().any(|one| one.user_id == user_id));
        own.map(|team| team.id).collect()
    }

    /// Makes a team without members.
    ///
    /// # Errors
    /// When the name is taken or cannot be stored.
    pub fn create_team(&self, name: &str, email: &str) -> Result<Team, AccountError> {
        let now_ms = self.now_ms();
        self.change(|directory| directory.create_team(name, email, now_ms))
    }

    /// Calls a team something else.
    ///
    /// # Errors
    /// When there is none, or the name is taken or cannot be stored.
    pub fn rename_team(&self, id: u64, name: &str, email: &str) -> Result<(), AccountError> {
        self.change(|directory| directory.rename_team(id, name, email))
    }

    /// Deletes a team.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_team(&self, id: u64) -> Result<(), AccountError> {
        self.team(id)?;
        self.change(|directory| {
            directory.teams.retain(|team| team.id != id);
            Ok(())
        })
    }

    /// Adds a user to a team, or changes how a member belongs to it.
    ///
    /// # Errors
    /// When there is no such team or user.
    pub fn put_into_team(&self, id: u64, member: TeamMember) -> Result<(), AccountError> {
        self.change(|directory| directory.put_into_team(id, member))
    }

    /// Takes a user out of a team.
    ///
    /// # Errors
    /// When there is no such team or the user is not in it.
    pub fn take_from_team(&self, id: u64, user_id: u64) -> Result<(), AccountError> {
        self.change(|directory| directory.take_from_team(id, user_id))
    }
}
