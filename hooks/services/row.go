package services

// row is a service as lists read it.
type row struct {
	ID           string  `db:"id"`
	No           string  `db:"no"`
	DeviceNo     string  `db:"device_no"`
	Region       string  `db:"region"`
	Kind         string  `db:"kind"`
	Topic        string  `db:"topic"`
	Title        string  `db:"title"`
	ClientKind   string  `db:"client_kind"`
	ClientName   string  `db:"client_name"`
	Mode         string  `db:"mode"`
	Outcome      string  `db:"outcome"`
	State        string  `db:"state"`
	Secrecy      string  `db:"secrecy"`
	OccurredAt   string  `db:"occurred_at"`
	DurationMin  float64 `db:"duration_min"`
	FollowUpAt   string  `db:"follow_up_at"`
	Counsel      string  `db:"counsel"`
	VillageName  string  `db:"village_name"`
	TownshipName string  `db:"township_name"`
	CounselName  string  `db:"counsel_name"`
	Rating       int     `db:"rating"`
	Arrived      int64   `db:"arrived"`
}

// Item is a service as a list shows it: masked.
type Item struct {
	ID           string `json:"id"`
	No           string `json:"no"`
	DeviceNo     string `json:"device_no"`
	Region       string `json:"region"`
	VillageName  string `json:"village_name"`
	TownshipName string `json:"township_name"`
	Kind         string `json:"kind"`
	KindName     string `json:"kind_name"`
	KindNameEn   string `json:"kind_name_en"`
	Topic        string `json:"topic"`
	TopicName    string `json:"topic_name"`
	TopicNameEn  string `json:"topic_name_en"`
	Title        string `json:"title"`
	Client       string `json:"client"`
	ClientKind   string `json:"client_kind"`
	Mode         string `json:"mode"`
	Outcome      string `json:"outcome"`
	State        State  `json:"state"`
	Secrecy      string `json:"secrecy"`
	OccurredAt   string `json:"occurred_at"`
	DurationMin  int    `json:"duration_min"`
	FollowUpAt   string `json:"follow_up_at"`
	Counsel      string `json:"counsel"`
	CounselName  string `json:"counsel_name"`
	Rating       int    `json:"rating"`
	Marks        []Mark `json:"marks"`
}

// item masks a row and gives its codes their names.
func (r Rules) item(x row) Item {
	kind, _ := r.Catalog.ServiceType(x.Kind)
	zh, en, _ := r.Catalog.Topic(x.Topic)
	i := Item{ID: x.ID, No: x.No, DeviceNo: x.DeviceNo, Region: x.Region, VillageName: x.VillageName, TownshipName: x.TownshipName,
		Kind: x.Kind, KindName: kind.Name, KindNameEn: kind.NameEn, Topic: x.Topic, TopicName: zh, TopicNameEn: en,
		Title: MaskText(x.Title, x.ClientName, x.ClientKind), Client: maskName(x.ClientName, x.ClientKind), ClientKind: x.ClientKind,
		Mode: x.Mode, Outcome: x.Outcome, State: State(x.State), Secrecy: x.Secrecy, OccurredAt: x.OccurredAt,
		DurationMin: int(x.DurationMin), FollowUpAt: x.FollowUpAt, Counsel: x.Counsel, CounselName: x.CounselName, Rating: x.Rating}
	if i.State == "" {
		i.State = Draft
	}
	if i.Secrecy == "" {
		i.Secrecy = Normal
	}
	i.Marks = r.Marks(map[string]any{"kind": x.Kind, "occurred_at": x.OccurredAt, "duration_min": x.DurationMin,
		"outcome": x.Outcome, "follow_up_at": x.FollowUpAt}, x.Arrived)
	if i.Marks == nil {
		i.Marks = []Mark{}
	}
	return i
}

func (r Rules) items(rows []row) []Item {
	items := make([]Item, len(rows))
	for i, x := range rows {
		items[i] = r.item(x)
	}
	return items
}
