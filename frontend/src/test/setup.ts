// What a browser has and jsdom has not.
import '@testing-library/jest-dom/vitest'
import '@testing-library/svelte/vitest'
import { configure } from '@testing-library/svelte'
import { beforeEach } from 'vitest'
import { locale } from '$lib/i18n/index.svelte'

window.matchMedia = (media) =>
  Object.assign(new EventTarget(), { media, matches: false, onchange: null }) as MediaQueryList
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
Element.prototype.scrollIntoView = () => {}
Element.prototype.animate = () => ({ cancel() {}, finished: Promise.resolve() }) as unknown as Animation

configure({ asyncUtilTimeout: 10_000 })

beforeEach(() => {
  locale.language = 'en'
})
