using System.Security.Cryptography;
using System.Text;
using Norris.Options;
using Norris.Transport.Secure;

namespace Norris;

/// <summary>From what a node was told about its network's secret to what it proves with that it has it.</summary>
internal static class SecretFile
{
    /// <summary>More is no file of secrets.</summary>
    private const int BytesMax = 64 * 1024;

    private const UnixFileMode OthersModes = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads the secret and derives from it what is needed, which takes some tenths of a second.</summary>
    /// <param name="options">Says where the secret is; there is one.</param>
    /// <param name="say">Takes a line of warning.</param>
    /// <param name="credentials">What came of it.</param>
    /// <returns>What is wrong, with what to do; null when nothing is.</returns>
    public static string? TryLoad(NodeOptions options, Action<string> say, out MemberCredentials? credentials)
    {
        credentials = null;
        string place = options.SecretFile is { } path ? $"--secret-file {path}" : OptionsReader.SecretVariable;
        IReadOnlyList<string> secrets = [];
        string? mistake = Read(options, say, out string text) ?? NetworkSecret.TryRead(text, out secrets);
        if (mistake is not null)
        {
            return $"{place}: {mistake}";
        }
        TlsLibrary.LookAtNothing();
        credentials = MemberCredentials.FromSecrets(secrets);
        return null;
    }

    private static string? Read(NodeOptions options, Action<string> say, out string text)
    {
        text = options.Secret ?? "";
        if (options.SecretFile is not { } path)
        {
            return null;
        }
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(file.SafeFileHandle) & OthersModes) != 0)
            {
                say($"--secret-file {path}: others on this machine may read or change it; make it yours alone with chmod 600");
            }
            byte[] bytes = new byte[BytesMax + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > BytesMax)
            {
                return "it is too large to be a file of secrets; norris --new-secret makes one";
            }
            text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
            CryptographicOperations.ZeroMemory(bytes);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return "there is no such file; norris --new-secret > PATH makes one";
        }
        catch (UnauthorizedAccessException)
        {
            return "it may not be read by this user, or is a folder";
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException)
        {
            return $"it cannot be read ({e.Message})";
        }
    }
}
