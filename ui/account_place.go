package ui

import (
	"cmp"
	"slices"

	"partway/transfer"
	"partway/ui/text"
)

// regions are those that the service documents for OSS; any other may be typed.
var regions = []string{
	"cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "cn-qingdao", "cn-zhangjiakou",
	"cn-huhehaote", "cn-wulanchabu", "cn-heyuan", "cn-guangzhou", "cn-chengdu", "cn-hongkong",
	"ap-southeast-1", "ap-southeast-3", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
	"ap-northeast-1", "ap-northeast-2", "us-west-1", "us-east-1", "na-south-1",
	"eu-central-1", "eu-west-1", "me-east-1", "me-central-1",
}

// places are the ways to OSS, in the order of their list: those that are made of a region, a
// domain of one's own, and what else may be typed.
var places = append(slices.Clone(transfer.EndpointKinds), transfer.EndpointCustom, transfer.EndpointIP)

// placeFields say where OSS is. Region and kind make the endpoint; one that is typed tells
// them.
type placeFields struct {
	region   *combo
	kind     *choice
	endpoint *entry
	deriving bool // a field is set by another one
}

func newPlaceFields(owner keyed) *placeFields {
	p := &placeFields{}
	p.region = newCombo(owner, text.T("For example cn-hangzhou"), regions)
	p.kind = newChoice(owner, []string{
		text.T("Public endpoint"),
		text.T("Internal endpoint: from ECS in the same region"),
		text.T("Dual-stack endpoint: by IPv4 and IPv6"),
		text.T("Transfer acceleration, which the bucket must have"),
		text.T("Transfer acceleration outside mainland China"),
		text.T("Own domain bound to the bucket (CNAME)"),
		text.T("Another host, or an IP address"),
	}, func(int) { p.chooseKind() })
	p.endpoint = newEntry(owner, "https://oss-cn-hangzhou.aliyuncs.com")
	p.region.OnChanged = func(string) { p.derive() }
	p.endpoint.OnChanged = func(string) { p.understand() }
	return p
}

// chosenPlace is the kind of endpoint that is chosen.
func (p *placeFields) chosenPlace() transfer.EndpointKind {
	return places[max(0, p.kind.SelectedIndex())]
}

// derive makes the endpoint of region and kind, where it is made of these.
func (p *placeFields) derive() {
	region := transfer.TidyRegion(p.region.Text)
	made := transfer.EndpointOf(region, p.chosenPlace())
	if p.deriving || made == "" {
		return
	}
	if region == "" {
		made = ""
	}
	p.deriving = true
	p.endpoint.SetText(made)
	p.deriving = false
}

// chooseKind makes the endpoint of another kind. What was made of a region makes room for a host
// that has to be typed.
func (p *placeFields) chooseKind() {
	there, err := transfer.ParseEndpoint(p.endpoint.Text)
	typed := transfer.EndpointOf("", p.chosenPlace()) == ""
	if !p.deriving && typed && err == nil && slices.Contains(transfer.EndpointKinds, there.Kind) {
		p.deriving = true
		p.endpoint.SetText("")
		p.deriving = false
	}
	p.derive()
}

// understand takes kind and region from an endpoint that is typed. A region that is there
// already stays: whether the two fit is checked.
func (p *placeFields) understand() {
	there, err := transfer.ParseEndpoint(p.endpoint.Text)
	if p.deriving || err != nil {
		return
	}
	p.deriving = true
	defer func() { p.deriving = false }()
	kind := there.Kind
	if kind == transfer.EndpointCustom {
		kind = p.chosenPlace()
		switch {
		case kind == transfer.EndpointCustom || kind == transfer.EndpointIP: // the person has said which
		case there.Addressing() == transfer.AddressCNAME:
			kind = transfer.EndpointCustom
		default:
			kind = transfer.EndpointIP
		}
	}
	p.kind.SetSelectedIndex(index(places, kind))
	if p.region.Text == "" && there.Region != "" {
		p.region.SetText(there.Region)
	}
}

// fill shows where an account leads.
func (p *placeFields) fill(a transfer.Account) {
	p.deriving = true
	defer func() { p.deriving = false }()
	kind := transfer.EndpointPublic
	if there, err := transfer.ParseEndpoint(a.Endpoint); err == nil {
		kind = there.Kind
	}
	switch {
	case a.Addressing == transfer.AddressCNAME:
		kind = transfer.EndpointCustom
	case kind == transfer.EndpointCustom:
		kind = transfer.EndpointIP
	}
	p.region.SetText(a.Region)
	p.kind.SetSelectedIndex(index(places, kind))
	p.endpoint.SetText(a.Endpoint)
}

// move goes to another endpoint.
func (p *placeFields) move(to transfer.Endpoint) {
	p.fill(transfer.Account{Endpoint: to.URL, Region: cmp.Or(to.Region, p.region.Text), Addressing: transfer.AddressVirtual})
}

// put writes what was typed into an account. plain tells that the endpoint is http and not on
// this computer, which wants a confirmation.
func (p *placeFields) put(a *transfer.Account) (plain bool) {
	a.Region = transfer.TidyRegion(p.region.Text)
	a.Addressing = transfer.AddressVirtual
	if p.chosenPlace() == transfer.EndpointCustom {
		a.Addressing = transfer.AddressCNAME
	}
	a.Endpoint = p.endpoint.Text
	there, err := transfer.ParseEndpoint(p.endpoint.Text)
	if p.endpoint.Text == "" || err != nil {
		return false // Check says what is wrong
	}
	a.Endpoint = there.URL
	return there.Plain
}
