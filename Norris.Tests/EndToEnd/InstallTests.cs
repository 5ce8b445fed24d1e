using System.Diagnostics;

namespace Norris.Tests.EndToEnd;

/// <summary><c>make install</c> and <c>make uninstall</c>, into a folder that is thrown away.</summary>
public sealed class InstallTests
{
    private static readonly string[] Installed =
    [
        "bin/norris", "share/bash-completion/completions/norris", "share/fish/vendor_completions.d/norris.fish", "share/man/man1/norris.1",
        "share/zsh/site-functions/_norris",
    ];

    [StaticBinaryFact]
    public async Task Everything_is_installed_works_and_is_removed_again()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("norris-install-");
        try
        {
            await MakeAsync("install", folder.FullName);
            string usr = Path.Combine(folder.FullName, "usr");
            Assert.Equal(Installed, FilesIn(usr));
            Assert.StartsWith("norris ", await RunAsync(Path.Combine(usr, "bin/norris"), "--version"), StringComparison.Ordinal);
            Assert.StartsWith(".TH NORRIS 1", await File.ReadAllTextAsync(Path.Combine(usr, "share/man/man1/norris.1")), StringComparison.Ordinal);
            string completed = await RunAsync(
                "bash", "--norc", "-c", $". {usr}/share/bash-completion/completions/norris; COMP_WORDS=(norris --adv); COMP_CWORD=1; _norris; echo $COMPREPLY");
            Assert.Equal("--advertise\n", completed);

            await MakeAsync("uninstall", folder.FullName);
            Assert.Empty(FilesIn(usr));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);

    // What is built is taken as it is: -o.
    private static Task<string> MakeAsync(string verb, string folder) =>
        RunAsync("make", "-s", "-C", Path.GetDirectoryName(TidyTests.Source())!, "-o", "artifacts/norris", verb, $"DESTDIR={folder}", "PREFIX=/usr");

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, await errors));
        return output;
    }
}
