//! How processes begin so that nothing of them is left, whatever ends the laboratory.

use std::{
    ffi::CString,
    io,
    os::unix::{ffi::OsStrExt, process::CommandExt},
    path::PathBuf,
    process::Command,
};

/// Has the process join the groups whose doors these are, and end with the thread that starts it. It does not hear
/// the terminal's signals: those are for the laboratory.
#[expect(unsafe_code, reason = "only a hook between fork and exec can do this before the program begins")]
pub(crate) fn bind(command: &mut Command, doors: &[PathBuf]) -> io::Result<()> {
    let doors: Vec<CString> =
        doors.iter().map(|door| CString::new(door.as_os_str().as_bytes())).collect::<Result<_, _>>()?;
    let parent = std::process::id();
    let prepare = move || {
        end_with(parent)?;
        doors.iter().try_for_each(enter)
    };
    // SAFETY: between fork and exec the hook makes system calls only, on memory that was allocated before.
    unsafe { command.process_group(0).pre_exec(prepare) };
    Ok(())
}

/// Has the process outlive the laboratory, deaf to what would end a program at a terminal.
#[expect(unsafe_code, reason = "only a hook between fork and exec can do this before the program begins")]
pub(crate) fn outlive(command: &mut Command) {
    let prepare = || {
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            // SAFETY: to ignore a signal is allowed at any time; what is ignored stays so in the new program.
            if unsafe { libc::signal(signal, libc::SIG_IGN) } == libc::SIG_ERR {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(())
    };
    // SAFETY: between fork and exec the hook makes system calls only.
    unsafe { command.process_group(0).pre_exec(prepare) };
}

/// Kills a process by its id.
#[expect(unsafe_code, reason = "the standard library kills its own children only")]
pub(crate) fn kill(pid: i32) {
    // SAFETY: the call has no effect on this process's memory. Ids of 0 and below mean whole groups.
    if pid > 0 {
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

#[expect(unsafe_code, reason = "the standard library has no such call")]
fn end_with(parent: u32) -> io::Result<()> {
    // SAFETY: the option takes a signal's number and touches no memory.
    if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // A parent that was gone before the call would not be noticed.
    if std::os::unix::process::parent_id() != parent {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    }
    Ok(())
}

/// Joins a group: it takes 0 for the process that writes.
#[expect(
    unsafe_code,
    reason = "allocation and locks, which the standard library may need, are not allowed here"
)]
fn enter(door: &CString) -> io::Result<()> {
    // SAFETY: the path ends with a zero, the written byte is a constant, and the descriptor is this function's own.
    let written = unsafe {
        let file = libc::open(door.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        let written = libc::write(file, c"0".as_ptr().cast(), 1);
        libc::close(file);
        written
    };
    if written == 1 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
