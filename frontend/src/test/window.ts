import { render } from '@testing-library/svelte'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { onTestFinished, vi } from 'vitest'
import App from '../App.svelte'
import type { App as Go } from '$lib/api'
import { Program } from '$lib/state/program.svelte'
import { installFake, type Fake } from './fake'
import { start } from './fixtures'
import type { StartView } from '$lib/api'

export interface Opened extends Fake {
  program: Program
  user: UserEvent
}

/** Opens the whole window on a fake Go whose methods are spies; answers override the defaults. */
export async function openWindow(answers: Partial<Go> = {}, first: Partial<StartView> = {}): Promise<Opened> {
  const fake = installFake({ Start: () => Promise.resolve({ ...start, ...first }), ...answers })
  for (const name of Object.keys(fake.app) as (keyof Go)[]) vi.spyOn(fake.app, name)
  const program = new Program()
  render(App, { program })
  await program.start()
  onTestFinished(() => program.stop())
  return { ...fake, program, user: userEvent.setup() }
}
