/**
 * locate runs in the page. It returns the visible element of that role whose accessible name is name (or matches it),
 * null where there is none; of several the last, which is the one on top. It knows the roles and the sources of names
 * that Cofre's page uses, not all of ARIA.
 */
export function locate(role, name, inside) {
  const selectors = {
    alert: '[role=alert]',
    button: 'button, [role=button], summary',
    cell: 'td, [role=cell]',
    checkbox: 'input[type=checkbox], [role=checkbox], [role=switch]',
    combobox: 'select, [role=combobox]',
    dialog: 'dialog[open], [role=dialog], [role=alertdialog]',
    heading: 'h1, h2, h3, h4, [role=heading]',
    link: 'a[href], [role=link]',
    listitem: 'li, [role=listitem]',
    option: 'option, [role=option]',
    progressbar: 'progress, [role=progressbar]',
    radio: 'input[type=radio], [role=radio]',
    row: 'tr, [role=row]',
    status: 'output, [role=status]',
    tab: '[role=tab]',
    textbox: 'input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, [role=textbox]',
  }
  const fold = (text) => text.replace(/\s+/g, ' ').trim()
  const nameOf = (element) => {
    const by = element.getAttribute('aria-labelledby')
    if (by) return fold(by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '))
    const label = element.getAttribute('aria-label')
    if (label) return fold(label)
    if (element.labels?.length) return fold([...element.labels].map((l) => l.textContent).join(' '))
    if (element.matches('input, textarea, select')) return fold(element.placeholder ?? '')
    return fold(element.innerText ?? element.textContent ?? '')
  }
  const visible = (element) => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden' && !element.closest('[inert], [aria-hidden=true]')
  }
  const matches = (element) => {
    if (name === null) return true
    const own = nameOf(element)
    return typeof name === 'string' ? own === name : new RegExp(name.source, name.flags).test(own)
  }
  return [...(inside ?? document).querySelectorAll(selectors[role] ?? `[role=${role}]`)].filter((e) => visible(e) && matches(e)).at(-1) ?? null
}
