package service

import "context"

// NotificationsView is the page of the settings.
type NotificationsView struct {
	Channels     []ChannelView `json:"channels"`
	Recent       []NoticeView  `json:"recent"` // newest first
	Expectations []Expectation `json:"expectations"`
}

// Notifications is all that the page shows.
func (d *Desk) Notifications(ctx context.Context) (v NotificationsView, err error) {
	v = NotificationsView{Channels: []ChannelView{}, Recent: []NoticeView{}, Expectations: []Expectation{}}
	if err := d.admin(); err != nil {
		return v, err
	}
	n := d.Service.notices
	if v.Channels, err = n.Channels(ctx); err != nil {
		return v, err
	}
	if v.Recent, err = n.Recent(ctx, 50); err != nil {
		return v, err
	}
	v.Expectations, err = n.Expectations(ctx)
	return v, err
}

// SaveChannel keeps a channel.
func (d *Desk) SaveChannel(ctx context.Context, in ChannelInput) (ChannelView, error) {
	if err := d.admin(); err != nil {
		return ChannelView{}, err
	}
	return d.Service.notices.Save(d.as(ctx), in)
}

// TestChannel sends a test as the form describes the channel, saves nothing, and returns
// what the server answered.
func (d *Desk) TestChannel(ctx context.Context, in ChannelInput) (string, error) {
	if err := d.admin(); err != nil {
		return "", err
	}
	return d.Service.notices.Try(d.as(ctx), in)
}

// RemoveChannel forgets a channel and what waits for it.
func (d *Desk) RemoveChannel(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	_, err := d.Service.notices.Remove(d.as(ctx), id)
	return err
}

// ExpectBackup says how often a good backup of a connection is expected.
func (d *Desk) ExpectBackup(ctx context.Context, connectionID string, hours int) error {
	if err := d.admin(); err != nil {
		return err
	}
	return d.Service.notices.Expect(d.as(ctx), connectionID, hours)
}
