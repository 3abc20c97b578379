import { t } from '$lib/i18n/index.svelte'

/** How a new backup can be compressed, as choices. */
export const compressions = () => [
  { value: '', label: t('newBackup.none') },
  { value: 'zstd', label: t('newBackup.zstd') },
  { value: 'gzip', label: t('newBackup.gzip') },
]
