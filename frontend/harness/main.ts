// The window on made-up data, without Go: for work on its looks, and for the tests that
// look at every page. Open /harness/?scene=plan&theme=dark&lang=pt-BR&scale=150 in `npm run dev`; &hostile has
// names that would turn the page round.
import { mount, tick } from 'svelte'
import App from '../src/App.svelte'
import '../src/app.css'
import { Program } from '../src/lib/state/program.svelte'
import { installFake } from '../src/test/fake'
import * as data from '../src/test/fixtures'
import { turnHostile } from './hostile'
import { scenes as names } from './names'
import { scenes } from './scenes'

declare global {
  interface Window {
    /** Changes how the scene looks, as the settings do, and resolves when it is drawn. */
    look: (change: { theme?: 'light' | 'dark'; textScale?: number }) => Promise<void>
  }
}

const query = new URLSearchParams(location.search)
const name = names.find((each) => each === query.get('scene')) ?? 'overview'
const scene = scenes[name]
const theme = query.get('theme') === 'dark' ? 'dark' : 'light'
const language = query.get('lang') === 'pt-BR' ? 'pt-BR' : 'en'

const fake = installFake({
  Start: () =>
    Promise.resolve({
      ...data.start,
      ...scene.start,
      settings: { ...data.start.settings, theme, language, textScale: Number(query.get('scale') ?? 100) },
    }),
  ...scene.app,
})

if (query.has('hostile')) turnHostile(fake)

const target = document.getElementById('app')
if (target) {
  const program = new Program()
  mount(App, { target, props: { program } })
  await program.start()
  await tick()
  await scene.play?.(program, fake)
  window.look = async (change) => {
    program.settings.start({ ...program.settings.values, ...change }, language)
    await drawn()
  }
  await drawn()
  document.documentElement.dataset.ready = 'true'
}

/** The first frame shows what is known by now, the second what was measured on it. */
async function drawn() {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
}
