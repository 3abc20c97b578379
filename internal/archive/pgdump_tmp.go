package archive

const (
	oldestMinor = 10
	newestMinor = 16
)
