using System.Diagnostics;

namespace Norris.Tests.EndToEnd;

/// <summary>The one file needs nothing beside it: no library, no device, no configuration.</summary>
public sealed class EmptyRootTests
{
    [EmptyRootFact]
    public async Task It_runs_in_an_empty_root_folder_where_localhost_is_known()
    {
        (int status, string output, string errors) = await RunAsync("--listen", "localhost:0", "--output", "JSON");
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains("\"type\":\"ready\"", output, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"hi\"", output, StringComparison.Ordinal);
    }

    [EmptyRootFact]
    public async Task A_name_that_does_not_resolve_there_is_one_line()
    {
        (int status, string _, string errors) = await RunAsync("--listen", "127.0.0.1:0", "--output", "none", "--join", "nosuch:7000");
        Assert.Equal(1, status);
        Assert.StartsWith("norris: the name \"nosuch\" does not resolve (there is no /etc/resolv.conf here", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        DirectoryInfo root = Directory.CreateTempSubdirectory("norris-root-");
        try
        {
            File.Copy(StaticBinaryFactAttribute.BinaryPath, Path.Combine(root.FullName, "norris"));
            var start = new ProcessStartInfo("chroot")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (string argument in (string[])[root.FullName, "/norris", .. arguments])
            {
                start.ArgumentList.Add(argument);
            }
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteLineAsync("hi");
            process.StandardInput.Close();
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            finally
            {
                process.Kill();
            }
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    /// <summary>Only root may change the root folder; others skip with a word.</summary>
    private sealed class EmptyRootFactAttribute : FactAttribute
    {
        public EmptyRootFactAttribute() =>
            Skip = new StaticBinaryFactAttribute().Skip ?? (Environment.IsPrivilegedProcess ? null : "chroot needs root");
    }
}
