package blob

// SyncFolder does nothing: NTFS keeps names in its journal and has no call to flush a folder.
func (OS) SyncFolder(string) error { return nil }
