package cli

import "os"

// Secrets are those that the environment gives to a command.
type Secrets struct {
	passphrase    string // COFRE_PASSPHRASE
	administrator string // COFRE_ADMIN_PASSWORD
	ssh           string // COFRE_SSH_PASSWORD
	fresh         string // COFRE_NEW_PASSWORD
	recovery      string // COFRE_RECOVERY_CODE

	notifyPassword, notifyURL, notifyToken, notifyKey string // COFRE_NOTIFY_PASSWORD …: of a channel that is added
}

// TakeSecrets takes them out of the environment, so that no program that is started
// from then on gets them. It comes before all else.
func TakeSecrets() Secrets {
	return Secrets{passphrase: take("COFRE_PASSPHRASE"), administrator: take("COFRE_ADMIN_PASSWORD"),
		ssh: take("COFRE_SSH_PASSWORD"), fresh: take("COFRE_NEW_PASSWORD"), recovery: take("COFRE_RECOVERY_CODE"),
		notifyPassword: take("COFRE_NOTIFY_PASSWORD"), notifyURL: take("COFRE_NOTIFY_URL"), notifyToken: take("COFRE_NOTIFY_TOKEN"), notifyKey: take("COFRE_NOTIFY_KEY")}
}

func take(name string) string {
	value := os.Getenv(name)
	_ = os.Unsetenv(name) // fails for names that can be none
	return value
}
