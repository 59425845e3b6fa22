package platform

const backupPrefix = "cunju-"
