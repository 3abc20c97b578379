// Makes the one web view of an unmodified Wails binary (WebKitGTK 4.1) drivable by WebKitWebDriver. Preloaded by the
// tests; the program under test is the one that people get.
#include <stdlib.h>
#include <webkit2/webkit2.h>

static WebKitWebView *view;

// What the program starts itself (pg_dump, a file manager) is not to be preloaded too.
__attribute__((constructor)) static void only_here(void) { unsetenv("LD_PRELOAD"); }

static WebKitWebView *create_web_view(WebKitAutomationSession *session, gpointer data) { return view; }

static void automation_started(WebKitWebContext *context, WebKitAutomationSession *session, gpointer data)
{
	WebKitApplicationInfo *info = webkit_application_info_new();
	webkit_application_info_set_name(info, "cofre");
	webkit_automation_session_set_application_info(session, info);
	webkit_application_info_unref(info);
	g_signal_connect(session, "create-web-view", G_CALLBACK(create_web_view), NULL);
}

// Stands in for the constructor that Wails calls once.
GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *manager)
{
	WebKitWebContext *context = webkit_web_context_get_default();
	webkit_web_context_set_automation_allowed(context, TRUE);
	g_signal_connect(context, "automation-started", G_CALLBACK(automation_started), NULL);
	view = g_object_new(WEBKIT_TYPE_WEB_VIEW, "user-content-manager", manager, "is-controlled-by-automation", TRUE, NULL);
	return GTK_WIDGET(view);
}
