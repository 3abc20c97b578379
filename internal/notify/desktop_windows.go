package notify

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// toast shows what the environment says, under the name of PowerShell: a name of its own
// would have to be registered with the system.
const toast = `$ErrorActionPreference = 'Stop'
[void][Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$text = $xml.GetElementsByTagName('text')
[void]$text.Item(0).AppendChild($xml.CreateTextNode($env:COFRE_TOAST_TITLE))
[void]$text.Item(1).AppendChild($xml.CreateTextNode($env:COFRE_TOAST_TEXT))
$app = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($app).Show([Windows.UI.Notifications.ToastNotification]::new($xml))`

// pop shows a notification of Windows. The words are no part of the script.
func pop(ctx context.Context, title, text string, _ bool) error {
	c := exec.CommandContext(ctx, "powershell.exe", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", toast)
	c.Env = append(os.Environ(), "COFRE_TOAST_TITLE="+title, "COFRE_TOAST_TEXT="+text)
	c.SysProcAttr = &syscall.SysProcAttr{HideWindow: true}
	return c.Run()
}
