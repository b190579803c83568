package powercut

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// recorder wraps SQLite's own VFS, and records each write, change of length,
// fsync and change of the directory. It becomes the process's default VFS, so
// that the journal under test is used unchanged. SQLite writes the -shm through
// shared memory, which no fsync covers; it is not recorded.
type recorder struct {
	*trace
	original uintptr // SQLite's own VFS
	openDir  uintptr // its system call
	names    map[string]int
	inodes   int
	files    map[uintptr]openFile
	methods  map[uintptr]uintptr // from SQLite's own to the recording ones
	dirs     map[*libc.TLS]int   // when the fsync of the directory began
}

type openFile struct {
	inode    int
	original *lib.Tsqlite3_io_methods
}

// recording is the one recorder of the process: SQLite's callbacks carry no
// context.
var recording *recorder

type (
	openFunc      = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc    = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	closeFunc     = func(tls *libc.TLS, file uintptr) int32
	writeFunc     = func(tls *libc.TLS, file, data uintptr, n int32, offset lib.Tsqlite3_int64) int32
	truncateFunc  = func(tls *libc.TLS, file uintptr, size lib.Tsqlite3_int64) int32
	syncFunc      = func(tls *libc.TLS, file uintptr, flags int32) int32
	openDirFunc   = func(tls *libc.TLS, name, fd uintptr) int32
	getSyscall    = func(tls *libc.TLS, vfs, name uintptr) uintptr
	setSyscall    = func(tls *libc.TLS, vfs, name, f uintptr) int32
	sqliteMethods = lib.Tsqlite3_io_methods
)

func startRecording(dir string, t *trace) error {
	tls := libc.NewTLS()
	defer tls.Close()
	r := &recorder{
		trace: t, names: map[string]int{}, files: map[uintptr]openFile{},
		methods: map[uintptr]uintptr{}, dirs: map[*libc.TLS]int{},
	}
	if err := r.findFiles(dir); err != nil {
		return err
	}
	if r.original = lib.Xsqlite3_vfs_find(tls, 0); r.original == 0 {
		return errors.New("SQLite has no VFS")
	}
	recording = r
	original := at[lib.Tsqlite3_vfs](r.original)
	if err := r.watchDirectories(tls, original); err != nil {
		return err
	}
	vfs := allocate(tls, *original)
	at[lib.Tsqlite3_vfs](vfs).FxOpen = pointer(recordOpen)
	at[lib.Tsqlite3_vfs](vfs).FxDelete = pointer(recordDelete)
	at[lib.Tsqlite3_vfs](vfs).FzName = cString("recorder")
	if rc := lib.Xsqlite3_vfs_register(tls, vfs, 1); rc != lib.SQLITE_OK {
		return errors.New("SQLite refused the recorder")
	}
	return nil
}

func (r *recorder) findFiles(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		r.inodes++
		r.names[e.Name()] = r.inodes
		r.add(event{Disk: &diskEvent{Kind: found, Name: e.Name(), Inode: r.inodes, Data: data}})
	}
	return nil
}

// watchDirectories makes SQLite report when it opens a directory, which it does
// only for an fsync.
func (r *recorder) watchDirectories(tls *libc.TLS, vfs *lib.Tsqlite3_vfs) error {
	name := cString("openDirectory")
	r.openDir = function[getSyscall](vfs.FxGetSystemCall)(tls, r.original, name)
	if r.openDir == 0 {
		return errors.New("SQLite has no system call of that name")
	}
	hook := pointer(recordOpenDir)
	if rc := function[setSyscall](vfs.FxSetSystemCall)(tls, r.original, name, hook); rc != lib.SQLITE_OK {
		return errors.New("SQLite refused the system call")
	}
	return nil
}

func recordOpen(tls *libc.TLS, _, name, file uintptr, flags int32, outFlags uintptr) int32 {
	r := recording
	open := function[openFunc](at[lib.Tsqlite3_vfs](r.original).FxOpen)
	rc := open(tls, r.original, name, file, flags, outFlags)
	const durable = lib.SQLITE_OPEN_MAIN_DB | lib.SQLITE_OPEN_MAIN_JOURNAL | lib.SQLITE_OPEN_WAL
	if rc == lib.SQLITE_OK && name != 0 && flags&durable != 0 {
		r.opened(tls, filepath.Base(libc.GoString(name)), file)
	}
	return rc
}

func (r *recorder) opened(tls *libc.TLS, name string, file uintptr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	inode, known := r.names[name]
	if !known {
		r.inodes++
		inode = r.inodes
		r.names[name] = inode
		r.append(event{Disk: &diskEvent{Kind: created, Name: name, Inode: inode}})
	}
	own := at[lib.Tsqlite3_file](file)
	r.files[file] = openFile{inode: inode, original: at[sqliteMethods](own.FpMethods)}
	own.FpMethods = r.recording(tls, own.FpMethods)
}

// recording returns the methods that record and then call these.
func (r *recorder) recording(tls *libc.TLS, original uintptr) uintptr {
	methods, known := r.methods[original]
	if !known {
		methods = allocate(tls, *at[sqliteMethods](original))
		m := at[sqliteMethods](methods)
		m.FxClose = pointer(recordClose)
		m.FxWrite = pointer(recordWrite)
		m.FxTruncate = pointer(recordTruncate)
		m.FxSync = pointer(recordSync)
		r.methods[original] = methods
	}
	return methods
}

func (r *recorder) file(file uintptr) openFile {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.files[file]
}

func recordClose(tls *libc.TLS, file uintptr) int32 {
	r := recording
	f := r.file(file)
	r.mu.Lock()
	delete(r.files, file)
	r.mu.Unlock()
	return function[closeFunc](f.original.FxClose)(tls, file)
}

// recordWrite records before it writes: a write that has begun may be on the
// disk.
func recordWrite(tls *libc.TLS, file, data uintptr, n int32, offset lib.Tsqlite3_int64) int32 {
	f := recording.file(file)
	bytes := slices.Clone(libc.GoBytes(data, int(n)))
	recording.add(event{Disk: &diskEvent{Kind: written, Inode: f.inode, Offset: offset, Data: bytes}})
	return function[writeFunc](f.original.FxWrite)(tls, file, data, n, offset)
}

func recordTruncate(tls *libc.TLS, file uintptr, size lib.Tsqlite3_int64) int32 {
	f := recording.file(file)
	recording.add(event{Disk: &diskEvent{Kind: resized, Inode: f.inode, Offset: size}})
	return function[truncateFunc](f.original.FxTruncate)(tls, file, size)
}

// recordSync records after the fsync, with its begin. The first fsync of a new
// file is followed by one of its directory.
func recordSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	r := recording
	f := r.file(file)
	began := r.now()
	rc := function[syncFunc](f.original.FxSync)(tls, file, flags)
	if rc == lib.SQLITE_OK {
		r.add(event{Disk: &diskEvent{Kind: synced, Inode: f.inode, Began: began}})
	}
	r.directorySynced(tls, rc)
	return rc
}

func recordDelete(tls *libc.TLS, _, name uintptr, syncDir int32) int32 {
	r := recording
	r.removed(filepath.Base(libc.GoString(name)))
	rc := function[deleteFunc](at[lib.Tsqlite3_vfs](r.original).FxDelete)(tls, r.original, name, syncDir)
	r.directorySynced(tls, rc)
	return rc
}

func (r *recorder) removed(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if inode, known := r.names[name]; known {
		delete(r.names, name)
		r.append(event{Disk: &diskEvent{Kind: removed, Name: name, Inode: inode}})
	}
}

// recordOpenDir notes that this thread is about to sync the directory.
func recordOpenDir(tls *libc.TLS, name, fd uintptr) int32 {
	r := recording
	r.mu.Lock()
	r.dirs[tls] = len(r.events)
	r.mu.Unlock()
	return function[openDirFunc](r.openDir)(tls, name, fd)
}

// directorySynced records the fsync of the directory, if the call that returned
// rc included one.
func (r *recorder) directorySynced(tls *libc.TLS, rc int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	began, did := r.dirs[tls]
	delete(r.dirs, tls)
	if did && rc == lib.SQLITE_OK {
		r.append(event{Disk: &diskEvent{Kind: dirSynced, Began: began}})
	}
}

func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// pointer returns a function as SQLite stores it. It must be a function of the
// package, not a closure: SQLite's memory keeps nothing alive.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

// allocate copies a value into SQLite's memory, where it stays.
func allocate[T any](tls *libc.TLS, value T) uintptr {
	p := lib.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(value)))
	if p == 0 {
		panic("SQLite is out of memory")
	}
	*at[T](p) = value
	return p
}

func cString(s string) uintptr {
	p, err := libc.CString(s)
	if err != nil {
		panic(err) // out of memory
	}
	return p
}
