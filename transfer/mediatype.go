package transfer

import (
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
)

// mediaTypes are of files that people keep and that not every system has a type for, so that
// it does not depend on the computer. Their text has no charset: a name does not tell it.
var mediaTypes = map[string]string{
	".7z": "application/x-7z-compressed", ".aac": "audio/aac", ".apk": "application/vnd.android.package-archive",
	".avi": "video/x-msvideo", ".bmp": "image/bmp", ".bz2": "application/x-bzip2", ".css": "text/css", ".csv": "text/csv",
	".doc": "application/msword", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".epub": "application/epub+zip", ".exe": "application/x-msdownload", ".flac": "audio/flac", ".gif": "image/gif",
	".gz": "application/gzip", ".heic": "image/heic", ".htm": "text/html", ".html": "text/html", ".ico": "image/x-icon",
	".iso": "application/x-iso9660-image", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".js": "text/javascript",
	".json": "application/json", ".log": "text/plain", ".m3u8": "application/vnd.apple.mpegurl", ".m4a": "audio/mp4",
	".m4v": "video/x-m4v", ".md": "text/markdown", ".mkv": "video/x-matroska", ".mov": "video/quicktime", ".mp3": "audio/mpeg",
	".mp4": "video/mp4", ".ogg": "audio/ogg", ".otf": "font/otf", ".pdf": "application/pdf", ".png": "image/png",
	".ppt": "application/vnd.ms-powerpoint", ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".psd": "image/vnd.adobe.photoshop", ".rar": "application/vnd.rar", ".svg": "image/svg+xml", ".tar": "application/x-tar",
	".tif": "image/tiff", ".tiff": "image/tiff", ".ttf": "font/ttf", ".txt": "text/plain", ".wasm": "application/wasm",
	".wav": "audio/wav", ".webm": "video/webm", ".webp": "image/webp", ".wmv": "video/x-ms-wmv", ".woff": "font/woff",
	".woff2": "font/woff2", ".xls": "application/vnd.ms-excel", ".xml": "application/xml",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xz": "application/x-xz",
	".yaml": "application/yaml", ".yml": "application/yaml", ".zip": "application/zip", ".zst": "application/zstd",
}

// sniffed is how many bytes of a file's beginning tell its type.
const sniffed = 512

// mediaType finds out a file's content type. "" leaves it to OSS.
func mediaType(how Detection, name string, content io.ReaderAt) string {
	if how == DetectNot {
		return ""
	}
	if how == DetectByName {
		extension := strings.ToLower(path.Ext(name))
		if known := mediaTypes[extension]; known != "" {
			return known
		}
		if known := bare(mime.TypeByExtension(extension)); known != "" {
			return known
		}
	}
	begin := make([]byte, sniffed)
	n, err := content.ReadAt(begin, 0)
	if err != nil && n == 0 { // an empty file; one that cannot be read says so when it is sent
		return ""
	}
	return bare(http.DetectContentType(begin[:n]))
}

// bare takes the charset off, which was guessed.
func bare(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.TrimSpace(kind)
}
