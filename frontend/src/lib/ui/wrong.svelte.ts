import { getContext, setContext } from 'svelte'
import { t } from '$lib/i18n/index.svelte'

/** What a form has found wrong in its fields when it was last sent, by the ID of the control. */
export class Wrong {
  #said = $state.raw<Record<string, string>>({})

  of(id: string): string | undefined {
    return this.#said[id]
  }

  /** Judges by what the controls demand (required, min, max, setCustomValidity). True: nothing is wrong. */
  judge(form: HTMLFormElement): boolean {
    const said: Record<string, string> = {}
    for (const control of form.elements) {
      if (!(control instanceof HTMLInputElement) || !control.willValidate || control.validity.valid) continue
      said[control.id] = sentence(control)
    }
    this.#said = said
    return Object.keys(said).length === 0
  }

  clear() {
    this.#said = {}
  }

  /** The person is mending it. */
  forget(id: string) {
    if (!(id in this.#said)) return
    this.#said = Object.fromEntries(Object.entries(this.#said).filter(([other]) => other !== id))
  }
}

function sentence({ validity, validationMessage, min, max }: HTMLInputElement): string {
  if (validity.customError) return validationMessage
  if (validity.valueMissing) return t('field.missing')
  return t('field.number', { min: Number(min), max: Number(max) })
}

const key = Symbol('wrong')
export const setWrong = (wrong: Wrong) => setContext(key, wrong)
/** Of the form around a field; undefined where there is none. */
export const useWrong = () => getContext<Wrong | undefined>(key)
