package archive

// nonblocking has no meaning here: Windows has no pipes among its files.
const nonblocking = 0
