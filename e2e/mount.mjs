// File systems that can be filled and broken, for tests that run as root.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString().trim()

/** Why nothing can be mounted here; undefined when it can. */
export function mountable() {
  const folder = mkdtempSync(join(tmpdir(), 'gnomon-mount-'))
  try {
    run('mount', '-t', 'tmpfs', 'tmpfs', folder)
    run('umount', folder)
  } catch (error) {
    return `no mounts: ${error.message.split('\n')[0]}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A file system in memory. */
export class MemoryMount {
  constructor(size) {
    this.folder = mkdtempSync(join(tmpdir(), 'gnomon-mount-'))
    run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', this.folder)
  }

  resize(size) {
    run('mount', '-o', `remount,size=${size}`, this.folder)
  }

  /** Leaves no room for a single byte. */
  fill() {
    try {
      writeFileSync(join(this.folder, 'ballast'), Buffer.alloc(64 << 20))
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error
    }
  }

  free() {
    rmSync(join(this.folder, 'ballast'))
  }

  remove() {
    run('umount', '-l', this.folder)
    rmSync(this.folder, { recursive: true })
  }
}

/** An ext4 file system on a loop device; its image lies in memory, of which there may be too little for it. */
export class LoopMount {
  constructor(memory, onError) {
    this.backing = new MemoryMount(memory)
    this.options = `loop,errors=${onError}`
    this.folder = mkdtempSync(join(tmpdir(), 'gnomon-mount-'))
    this.images = [join(this.backing.folder, 'image')]
    run('truncate', '-s', '48M', this.images[0])
    // Without a journal, as an error in one ends all writing for good.
    run('mkfs.ext4', '-q', '-O', '^has_journal', '-E', 'lazy_itable_init=1', this.images[0])
    run('mount', '-o', this.options, this.images[0], this.folder)
  }

  /** What the kernel does to a card that fails: from now on it is only read. */
  makeReadOnly() {
    const [device] = run('losetup', '-j', this.images[0]).split(':')
    writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1')
  }

  /** Mounts a copy over it that is checked and can be written. */
  replace() {
    this.images.push(join(this.backing.folder, 'copy'))
    run('cp', '--sparse=always', ...this.images)
    // Its exit code is 1 when it mended something.
    run('sh', '-c', 'e2fsck -fy "$0" || [ $? = 1 ]', this.images[1])
    run('mount', '-o', this.options, this.images[1], this.folder)
  }

  /** Uses up the memory behind the image: what is written from now on fails when it is synced. */
  overcommit() {
    const file = openSync(join(this.folder, 'ballast'), 'w')
    writeSync(file, Buffer.alloc(24 << 20, 1))
    assert.throws(() => fsyncSync(file))
    closeSync(file)
  }

  /** Gives the image so much memory. */
  resize(memory) {
    this.backing.resize(memory)
  }

  remove() {
    for (const _ of this.images) run('umount', '-l', this.folder)
    rmSync(this.folder, { recursive: true })
    this.backing.remove()
  }
}
