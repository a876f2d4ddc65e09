// The pages about people: users and service accounts by an admin, a profile by its user, sessions over a restart.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { browser, logIn, Stack, until } from './stack.mjs'

let stack, chrome, admin
const problems = []

async function newPage() {
  const page = await (await chrome.newContext()).newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (line) => line.type() === 'error' && !/ 40[01] /.test(line.text()) && problems.push(line.text()))
  return page
}

before(async () => {
  stack = await Stack.start()
  chrome = await browser()
  admin = await newPage()
  await logIn(admin, stack, '/admin/users')
})

after(async () => {
  await chrome?.close()
  await stack?.stop()
})

test('a user is added, logs in, and looks after the own profile', async () => {
  await admin.getByRole('button', { name: 'Add user' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Add user' })
  await dialog.getByLabel('Username').fill('eve')
  await dialog.getByLabel('Password').fill('abc1')
  await dialog.getByLabel('Role').selectOption('Editor')
  await dialog.getByRole('button', { name: 'Add user' }).click()
  await admin.getByLabel('Role of eve').waitFor()

  const eve = await newPage()
  await eve.goto(stack.url('dashboards', '/profile'))
  await eve.getByLabel('Username').fill('eve')
  await eve.getByLabel('Password').fill('abc1')
  await eve.getByRole('button', { name: 'Log in' }).click()
  await eve.getByLabel('Name', { exact: true }).fill('Eve')
  await eve.getByRole('button', { name: 'Save' }).click()
  await eve.getByText('Saved').waitFor()
  await eve.getByLabel('Theme', { exact: true }).selectOption('light')
  await until('light', () => eve.evaluate(() => document.documentElement.dataset.theme === 'light'))

  await eve.getByLabel('Old password').fill('wrong')
  await eve.getByLabel('New password').fill('abcd2')
  await eve.getByLabel('Confirm password').fill('abcd2')
  await eve.getByRole('button', { name: 'Change password' }).click()
  await eve.getByText('Invalid old password').waitFor()
  await eve.getByLabel('Old password').fill('abc1')
  await eve.getByRole('button', { name: 'Change password' }).click()
  await eve.getByText('This session').waitFor()
  await until('an empty form', async () => (await eve.getByLabel('Old password').inputValue()) === '')

  await eve.getByRole('button', { name: 'Menu of eve' }).click()
  assert.equal(await eve.getByRole('link', { name: 'Service accounts' }).count(), 0)
  await eve.goto(stack.url('dashboards', '/admin/users'))
  await eve.getByText('There is no such page').waitFor()
})

test('a token is shown once and opens what its account may', async () => {
  await admin.goto(stack.url('dashboards', '/org/serviceaccounts'))
  await admin.getByRole('button', { name: 'Add service account' }).click()
  const dialog = admin.getByRole('dialog', { name: 'Add service account' })
  await dialog.getByLabel('Name').fill('backup')
  await dialog.getByRole('button', { name: 'Add service account' }).click()
  await admin.getByRole('button', { name: 'Tokens 0' }).click()
  const tokens = admin.getByRole('dialog', { name: 'Tokens of backup' })
  await tokens.getByLabel('Name of a new token').fill('nightly')
  await tokens.getByRole('button', { name: 'Add token' }).click()
  const key = await tokens.getByText(/^glsa_/).textContent()
  const asProgram = () => fetch(stack.url('dashboards', '/api/user'), { headers: { authorization: `Bearer ${key}` } })
  assert.equal((await (await asProgram()).json()).login, 'sa-1-backup')
  await admin.reload()
  await admin.getByRole('button', { name: 'Tokens 1' }).click()
  await tokens.getByText('nightly').waitFor()
  assert.equal(await tokens.getByText(/^glsa_/).count(), 0)
  await tokens.getByRole('button', { name: 'Delete nightly' }).click()
  await until('refused', async () => (await asProgram()).status === 401)
})

test('a session outlives a restart and ends when its user is disabled', async () => {
  const eve = await newPage()
  await eve.goto(stack.url('dashboards', '/profile'))
  await eve.getByLabel('Username').fill('eve')
  await eve.getByLabel('Password').fill('abcd2')
  await eve.getByRole('button', { name: 'Log in' }).click()
  await eve.getByText('This session').waitFor()
  await stack.kill('SIGKILL')
  await stack.launch()
  await eve.reload()
  await eve.getByText('This session').waitFor()

  await admin.goto(stack.url('dashboards', '/admin/users'))
  await admin.getByRole('button', { name: 'Change eve' }).click()
  await admin.getByRole('button', { name: 'Disable' }).click()
  await admin.getByText('Disabled').waitFor()
  await eve.reload()
  await eve.getByRole('button', { name: 'Log in' }).waitFor()
})

test('no page has complained', () => assert.deepEqual(problems, []))
