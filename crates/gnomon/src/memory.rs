//! The allocator's settings, the memory that there is, and sizes on the command line.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

/// Freed memory goes back to the kernel from this size on; the measured best of `64 KiB` and the default.
const TRIM_BYTES: libc::c_int = 64 * 1024;

/// Sets the allocator up for a small resident size: one arena for all threads, large blocks by `mmap`.
///
/// Call it first thing, while there is one thread.
pub(crate) fn tune_allocator() {
    #[cfg(target_env = "gnu")]
    #[allow(unsafe_code)]
    // SAFETY: mallopt only sets parameters of the allocator; no other thread exists yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_TRIM_THRESHOLD, TRIM_BYTES);
        libc::mallopt(libc::M_MMAP_THRESHOLD, TRIM_BYTES);
    }
}

/// Gives free pages in the middle of the heap back to the kernel.
pub(crate) fn trim() {
    #[cfg(target_env = "gnu")]
    #[allow(unsafe_code)]
    // SAFETY: malloc_trim may be called at any time from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Lets go of the pages of the program itself, code and constants, that are mapped: those that are used come back
/// from the page cache one by one, those of the start do not. The page cache keeps them for as long as there is
/// room.
///
/// Costs a page fault for every 64 KiB in use: nothing for a loop.
pub(crate) fn release_program() {
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code)]
    // SAFETY: dl_iterate_phdr only reads what the loader knows, and hands `release_object` valid objects.
    unsafe {
        libc::dl_iterate_phdr(Some(release_object), std::ptr::null_mut());
    }
}

/// Lets go of the segments of a loaded object that are never written to: not even by relocation, whose results are
/// in writable segments only. The first object is the program, and no other is wanted.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
unsafe extern "C" fn release_object(
    object: *mut libc::dl_phdr_info,
    _size: usize,
    _data: *mut libc::c_void,
) -> libc::c_int {
    const PAGE_BYTES: usize = 4096;
    // SAFETY: the caller hands over a valid object, and its headers stay mapped while the program runs.
    let (base, headers) = unsafe {
        let object = &*object;
        (object.dlpi_addr as usize, std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()))
    };
    for header in headers.iter().filter(|header| header.p_type == libc::PT_LOAD) {
        if header.p_flags & libc::PF_W != 0 {
            continue;
        }
        // Whole pages only: at its ends a page may be shared with a segment that is written to.
        let start = (base + header.p_vaddr as usize).next_multiple_of(PAGE_BYTES);
        let end = (base + header.p_vaddr as usize + header.p_memsz as usize) / PAGE_BYTES * PAGE_BYTES;
        // SAFETY: the pages are a private mapping of a file that nothing was written to, so each comes back as it
        // was. On kernels with larger pages than these the call fails and changes nothing.
        unsafe {
            libc::madvise(start as *mut libc::c_void, end.saturating_sub(start), libc::MADV_DONTNEED);
        }
    }
    1
}

/// What the process may use when nobody says: a quarter of what its cgroup or the machine has, at most 64 MiB.
pub(crate) fn default_budget_bytes() -> usize {
    const MOST: u64 = 64 << 20;
    let membership = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = limit_files(&membership);
    let cgroup =
        limits.iter().filter_map(|path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok()).min();
    let limit = cgroup.unwrap_or(u64::MAX).min(machine_bytes().unwrap_or(u64::MAX));
    usize::try_from((limit / 4).min(MOST)).unwrap_or(MOST as usize)
}

/// The files that may hold a limit of memory: those of the process's own group and of all above it. In a
/// container the own group is often the root that is seen, whatever `/proc/self/cgroup` says.
fn limit_files(membership: &str) -> Vec<PathBuf> {
    let groups = membership.lines().filter_map(|line| {
        let (_, line) = line.split_once(':')?;
        let (controllers, group) = line.split_once(':')?;
        let (root, file) = match controllers {
            "" => (UNIFIED, "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => (MEMORY, "memory.limit_in_bytes"),
            _ => return None,
        };
        Some(Path::new(group).ancestors().map(move |group| folder(root, group).join(file)))
    });
    groups.flatten().collect()
}

const UNIFIED: &str = "/sys/fs/cgroup";
const MEMORY: &str = "/sys/fs/cgroup/memory";

fn folder(root: &str, group: &Path) -> PathBuf {
    Path::new(root).join(group.strip_prefix("/").unwrap_or(group))
}

fn machine_bytes() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

/// Reads a size such as `64MiB`, `512MB`, `1GB` or plain bytes; as in Prometheus, `KB` is 1024 bytes too.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim_end_matches("iB").trim_end_matches('B') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(format!("{text:?} is no size: write a number and B, KB, MB, GB or TB")),
    };
    let number: u64 = number.parse().map_err(|_| format!("{text:?} is no size: it begins with no number"))?;
    number.checked_mul(1 << shift).ok_or_else(|| format!("{text:?} is too large"))
}

/// A number of bytes in the largest unit that leaves no rest, as Prometheus writes it: `512MB`, `1GB`.
pub(crate) struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GB"), (20, "MB"), (10, "KB")];
        let whole = units.iter().find(|(shift, _)| self.0 > 0 && self.0.is_multiple_of(1 << shift));
        let (shift, unit) = whole.copied().unwrap_or((0, "B"));
        write!(f, "{}{unit}", self.0 >> shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read() {
        assert_eq!(parse_size("64MiB"), Ok(64 << 20));
        assert_eq!(parse_size("512MB"), Ok(512 << 20));
        assert_eq!(parse_size("0"), Ok(0));
        assert_eq!(
            [0, 1000, 3 << 20, 1 << 30].map(|bytes| Size(bytes).to_string()),
            ["0B", "1000B", "3MB", "1GB"]
        );
        assert!(
            parse_size("MB").is_err()
                && parse_size("5 parsecs").is_err()
                && parse_size("99999999TB").is_err()
        );
    }

    #[test]
    fn a_program_runs_on_without_its_pages() {
        let resident = || {
            let rollup = fs::read_to_string("/proc/self/statm").unwrap();
            rollup.split(' ').nth(2).unwrap().parse::<usize>().unwrap()
        };
        let before = resident();
        release_program();
        assert!(resident() < before);
    }

    #[test]
    fn limits_are_those_of_the_own_group_and_all_above() {
        let files = limit_files("5:pids:/\n4:memory:/a/b\n0::/c\n");
        let expected = [
            "/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            "/sys/fs/cgroup/c/memory.max",
            "/sys/fs/cgroup/memory.max",
        ];
        assert_eq!(files, expected.map(PathBuf::from));
    }

    #[test]
    fn the_default_budget_is_bounded() {
        let budget = default_budget_bytes();
        assert!(budget > 0 && budget <= 64 << 20, "{budget}");
    }
}
