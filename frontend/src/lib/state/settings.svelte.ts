import { api, type Language, type Settings as Values, type Theme } from '$lib/api'
import { locale } from '$lib/i18n/index.svelte'

const dark = '(prefers-color-scheme: dark)'

/** The person's choices of look and language, put on the page as they change. */
export class Settings {
  values = $state.raw<Values>({ language: '', theme: 'system', textScale: 100, repository: '', lockMinutes: 0 })
  #system: Language = 'en'

  constructor() {
    window.matchMedia(dark).addEventListener('change', () => this.#show())
  }

  /** Takes over what Go has, and the language of the system for those who follow it. */
  start(values: Values, systemLanguage: string) {
    this.#system = systemLanguage.startsWith('pt') ? 'pt-BR' : 'en'
    this.values = values
    this.#show()
  }

  get language(): Language {
    return this.values.language || this.#system
  }

  /** Shows a change at once and saves it; a change that can't be saved is taken back and the error passed on. */
  async change(change: Partial<Values>) {
    const before = this.values
    this.values = { ...before, ...change }
    this.#show()
    try {
      this.values = await api.SaveSettings(this.values)
    } catch (e) {
      this.values = before
      throw e
    } finally {
      this.#show()
    }
  }

  #show() {
    const root = document.documentElement
    locale.language = this.language
    root.lang = this.language
    root.dataset.theme = themeNow(this.values.theme)
    const scale = String(this.values.textScale / 100)
    if (root.style.getPropertyValue('--text-scale') === scale) return
    root.style.setProperty('--text-scale', scale)
    measureAgain(document.body)
  }
}

/** Container queries in rem are not asked anew by themselves when the root's font size changes. */
function measureAgain(container: HTMLElement) {
  container.style.containerType = 'normal'
  void container.offsetWidth
  container.style.containerType = ''
}

function themeNow(theme: Theme): 'light' | 'dark' {
  if (theme !== 'system') return theme
  return window.matchMedia(dark).matches ? 'dark' : 'light'
}
