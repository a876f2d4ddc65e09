// A Debian with a systemd of its own, in a folder, as `scripts/boot.sh` boots it. Needs root.
import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { confinable } from './cgroup.mjs'
import { Program, until } from './stack.mjs'

const run = promisify(execFile)
const BOOT = new URL('../scripts/boot.sh', import.meta.url).pathname
const NAMESPACES = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd']

/** Why the Debian in a folder cannot be booted here; undefined when it can. */
export function bootable(folder) {
  if (!existsSync(join(folder, '.complete'))) return `no Debian in ${folder}`
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount', '--net', '--cgroup', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])
  } catch (error) {
    return `no namespaces: ${error.message.split('\n')[0]}`
  }
  return confinable()
}

/** Boots a copy of the Debian in a folder. */
export class Machine {
  static async boot(folder) {
    const machine = new Machine()
    machine.scratch = await mkdtemp(join(tmpdir(), 'gnomon-machine-'))
    machine.root = join(machine.scratch, 'root')
    execFileSync('cp', ['-a', folder, machine.root])
    machine.program = new Program(BOOT, [machine.root])
    try {
      machine.init = await until('init', () => /^init (\d+)/m.exec(machine.program.log)?.[1])
      await until('booted', async () => (await machine.sh('systemctl is-system-running || true')) === 'running', 90_000)
    } catch (error) {
      await machine.stop()
      throw new Error(`${error.message}; its log:\n${machine.program.log}`, { cause: error })
    }
    return machine
  }

  /** What a command line prints in it; throws when that fails. */
  async sh(line) {
    const { stdout } = await run('nsenter', ['-t', this.init, ...NAMESPACES, '--', 'sh', '-c', `${line}`], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_PAGER: '' },
    })
    return stdout.trim()
  }

  /** A property of a unit. */
  property(unit, name) {
    return this.sh(`systemctl show --property=${name} --value ${unit}`)
  }

  /** The JSON that an address in its network answers. */
  async json(url) {
    const script = `process.stdout.write(await (await fetch(${JSON.stringify(url)})).text())`
    const node = [process.execPath, '--input-type=module', '--eval', script]
    return JSON.parse((await run('nsenter', ['-t', this.init, '--net', '--', ...node])).stdout)
  }

  async stop() {
    this.program.process.stdin.end()
    await this.program.exited
    await rm(this.scratch, { recursive: true, force: true })
  }
}
