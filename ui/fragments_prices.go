package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer/fragment"
	"partway/ui/text"
)

func (v *fragmentsView) newPricesButton() *button {
	return newButton(v, text.T("Prices…"), nil, v.askPrices)
}

// askPrices lets one edit what a gigabyte costs a month.
func (v *fragmentsView) askPrices() {
	m := v.u.newModal(text.T("Prices of storage"), 480)
	m.onClose = func() { v.u.win.Canvas().Focus(v.table) }
	prices := v.prices
	fields := map[string]*entry{}
	wrong := wrapped("")
	wrong.Importance = widget.DangerImportance
	wrong.Hide()
	var rows [][]fyne.CanvasObject
	var first *entry
	for _, class := range prices.Classes() {
		e := newEntry(m, "")
		e.SetText(strconv.FormatFloat(prices[class], 'f', -1, 64))
		fields[class] = e
		if first == nil {
			first = e
		}
		rows = append(rows, row(className(class), e))
	}
	save := newButton(m, text.T("Save"), nil, func() {
		typed, ok := typedPrices(fields)
		if !ok {
			setText(wrong, text.T("A price is a number from 0 on, as 0.12."))
			wrong.Show()
			m.fit()
			return
		}
		m.close()
		v.setPrices(typed)
	})
	defaults := newButton(m, text.T("Defaults"), nil, func() {
		for class, price := range fragment.DefaultPrices() {
			fields[class].SetText(strconv.FormatFloat(price, 'f', -1, 64))
		}
	})
	about := wrapped(text.T("CNY for a GB (2³⁰ bytes) a month. The defaults are about the list prices of regions in mainland China: check those of your region and contract. Requests and minimum storage times are not counted."))
	m.setContent(container.NewVBox(about, formOf(rows...), wrong), []*button{defaults}, newButton(m, text.T("Cancel"), nil, m.close), save)
	m.show(first)
}

func typedPrices(fields map[string]*entry) (fragment.Prices, bool) {
	typed := fragment.Prices{}
	for class, e := range fields {
		price, err := strconv.ParseFloat(strings.TrimSpace(e.Text), 64)
		if err != nil || !(price >= 0) || price > 1e6 {
			return nil, false
		}
		typed[class] = price
	}
	return typed, true
}

// setPrices puts prices into force, and keeps them.
func (v *fragmentsView) setPrices(p fragment.Prices) {
	v.prices = p
	v.ask()
	v.u.act(func(ctx context.Context) error { return v.u.c.Journal.SetSetting(ctx, settingPrices, p.String()) }, func(err error) {
		if err != nil {
			v.u.showError(text.T("The prices could not be saved."), err)
		}
	})
}
