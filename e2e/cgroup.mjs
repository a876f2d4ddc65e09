// A memory control group of version 1 or 2, for tests that run as root.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup'
const unified = existsSync(join(ROOT, 'cgroup.controllers'))

/** A group with a hard limit, within one that has none. */
export class Cgroup {
  constructor(bytes) {
    const name = `gnomon-e2e-${process.pid}`
    const outer = join(ROOT, unified ? '' : 'memory', name)
    this.folders = [join(outer, 'inner'), outer]
    mkdirSync(outer)
    try {
      if (unified) writeFileSync(join(outer, 'cgroup.subtree_control'), '+memory')
      mkdirSync(this.folders[0])
      writeFileSync(join(outer, unified ? 'memory.max' : 'memory.limit_in_bytes'), `${bytes}`)
    } catch (error) {
      this.remove()
      throw error
    }
  }

  /** A command that runs the one which follows it within the group. */
  get via() {
    return ['sh', '-c', `echo $$ >'${join(this.folders[0], 'cgroup.procs')}' && exec "$0" "$@"`]
  }

  remove() {
    for (const folder of this.folders) if (existsSync(folder)) rmdirSync(folder)
  }
}

/** Why there can be none; undefined when there can. */
export function confinable() {
  try {
    new Cgroup(1 << 27).remove()
  } catch (error) {
    return `no memory control groups: ${error.message}`
  }
}

/** The most memory that a process has had resident, in bytes. */
export function peakBytes(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}
