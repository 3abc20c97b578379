// A drag source: a small window in the corner of the screen, whose drag offers the given files as a file manager does
// (text/uri-list). It prints READY, BEGIN, DATA, FAILED and END as they happen, and ends with the drag.
// usage: dragsource FILE-OR-ADDRESS...
#include <gtk/gtk.h>
#include <stdio.h>

static char **uris;

static void data_get(GtkWidget *w, GdkDragContext *c, GtkSelectionData *d, guint info, guint t, gpointer p)
{
	gtk_selection_data_set_uris(d, uris);
	puts("DATA");
}
static void begin(GtkWidget *w, GdkDragContext *c, gpointer p) { puts("BEGIN"); }
static gboolean failed(GtkWidget *w, GdkDragContext *c, GtkDragResult r, gpointer p)
{
	printf("FAILED %d\n", r);
	return FALSE;
}
static gboolean quit(gpointer p)
{
	gtk_main_quit();
	return G_SOURCE_REMOVE;
}
static void end(GtkWidget *w, GdkDragContext *c, gpointer p)
{
	puts("END");
	g_timeout_add(200, quit, NULL);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	gtk_init(&argc, &argv);
	uris = g_new0(char *, argc);
	for (int i = 1; i < argc; i++) {
		GFile *f = g_file_new_for_commandline_arg(argv[i]);
		uris[i - 1] = g_file_get_uri(f);
		g_object_unref(f);
	}
	GtkWidget *win = gtk_window_new(GTK_WINDOW_TOPLEVEL), *box = gtk_event_box_new();
	gtk_window_set_title(GTK_WINDOW(win), "dragsource");
	gtk_window_set_decorated(GTK_WINDOW(win), FALSE);
	gtk_window_set_keep_above(GTK_WINDOW(win), TRUE);
	gtk_window_set_accept_focus(GTK_WINDOW(win), FALSE);
	gtk_window_set_default_size(GTK_WINDOW(win), 120, 60);
	gtk_container_add(GTK_CONTAINER(box), gtk_label_new("drag me"));
	gtk_container_add(GTK_CONTAINER(win), box);
	GtkTargetEntry target = {"text/uri-list", 0, 0};
	gtk_drag_source_set(box, GDK_BUTTON1_MASK, &target, 1, GDK_ACTION_COPY);
	g_signal_connect(box, "drag-begin", G_CALLBACK(begin), NULL);
	g_signal_connect(box, "drag-data-get", G_CALLBACK(data_get), NULL);
	g_signal_connect(box, "drag-failed", G_CALLBACK(failed), NULL);
	g_signal_connect(box, "drag-end", G_CALLBACK(end), NULL);
	gtk_widget_show_all(win);
	gtk_window_move(GTK_WINDOW(win), 10, 10);
	puts("READY");
	g_timeout_add_seconds(20, quit, NULL);
	gtk_main();
	return 0;
}
