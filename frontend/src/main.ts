import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { Program } from './lib/state/program.svelte'

const target = document.getElementById('app')
if (target) {
  const program = new Program()
  mount(App, { target, props: { program } })
  void program.start()
}
