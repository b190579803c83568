package riverbardge

import "context"

func workAsProcess(context.Context) error { return nil }
