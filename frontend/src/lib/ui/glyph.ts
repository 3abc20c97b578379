/** An icon of lucide, imported by itself: `import Lock from '@lucide/svelte/icons/lock'`. */
export type { LucideIcon as Glyph } from '@lucide/svelte'
