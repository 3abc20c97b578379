/** What a person says about a backup that is to be made. */
export interface NewBackup {
  note: string
  compress: '' | 'gzip' | 'zstd'
}
