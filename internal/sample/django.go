package sample

import "strings"

// models are the content types that Django registers for the application.
var models = []string{
	"auth.permission", "auth.group", "contenttypes.contenttype", "sessions.session",
	"finances.customuser", "finances.family", "finances.familymember", "finances.period", "finances.flowgroup",
	"finances.transaction", "finances.receipt", "finances.budget", "finances.activitylog",
}

var migrations = []string{
	"contenttypes.0001_initial", "contenttypes.0002_remove_content_type_name",
	"auth.0001_initial", "auth.0002_alter_permission_name_max_length", "auth.0003_alter_user_email_max_length",
	"auth.0004_alter_user_username_opts", "auth.0005_alter_user_last_login_null", "auth.0006_require_contenttypes_0002",
	"auth.0007_alter_validators_add_error_messages", "auth.0008_alter_user_username_max_length",
	"auth.0009_alter_user_last_name_max_length", "auth.0010_alter_group_name_max_length",
	"auth.0011_update_proxy_permissions", "auth.0012_alter_user_first_name_max_length",
	"finances.0001_initial", "finances.0002_period", "finances.0003_flowgroup_settings", "finances.0004_receipt",
	"finances.0005_budget", "finances.0006_activitylog", "finances.0007_transaction_is_fixed", "sessions.0001_initial",
}

var permissions = []string{"add", "change", "delete", "view"}

// djangoTables are those that every Django application has. Nobody is logged in:
// the table of sessions is empty.
func djangoTables() []table {
	return []table{
		{"django_migrations", int64(len(migrations)), func(n int64) row {
			app, name, _ := strings.Cut(migrations[n], ".")
			return row{n + 1, app, name, datetime(firstDay.AddDate(0, 0, -31))}
		}},
		{"django_content_type", int64(len(models)), func(n int64) row {
			app, model, _ := strings.Cut(models[n], ".")
			return row{n + 1, app, model}
		}},
		{"auth_permission", int64(len(models) * len(permissions)), func(n int64) row {
			_, model, _ := strings.Cut(models[n/4], ".")
			may := permissions[n%4]
			return row{n + 1, n/4 + 1, may + "_" + model, "Can " + may + " " + model}
		}},
		{"auth_group", 2, func(n int64) row { return row{n + 1, []string{"Administração", "Responsáveis"}[n]} }},
		{"auth_group_permissions", int64(len(models) * len(permissions)), func(n int64) row { return row{n + 1, 1, n + 1} }},
		{"django_session", 0, nil},
	}
}
