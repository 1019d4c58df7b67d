// Puts Partway into Explorer's "Send to" menu, or takes it out: double-click it, or run
//   cscript //nologo sendto.js [/remove]
// Explorer starts the program once with all that is selected, so it becomes one batch.
var shell = new ActiveXObject("WScript.Shell");
var files = new ActiveXObject("Scripting.FileSystemObject");
var here = files.GetParentFolderName(WScript.ScriptFullName);
var link = files.BuildPath(shell.SpecialFolders("SendTo"), "Partway.lnk");
if (WScript.Arguments.Named.Exists("remove")) {
	if (files.FileExists(link)) {
		files.DeleteFile(link);
	}
	WScript.Echo("Partway is no longer in the Send to menu.");
} else {
	var shortcut = shell.CreateShortcut(link);
	shortcut.TargetPath = files.BuildPath(here, "partway.exe");
	shortcut.WorkingDirectory = here;
	shortcut.Description = "Upload with Partway";
	shortcut.Save();
	WScript.Echo("Partway is in the Send to menu.");
}
