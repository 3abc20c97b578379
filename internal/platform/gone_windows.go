package platform

// gone says whether there is surely no process of that number: here no child begins with
// what its parent holds.
func gone(int) bool { return false }
