using System.Security.Cryptography;
using System.Text;

namespace Norris.Transport.Secure;

/// <summary>
/// What everybody knows who belongs to a network, as text. It knows nothing of files and options; see <see cref="NetworkAuthority"/> for what is
/// made of it.
/// </summary>
internal static class NetworkSecret
{
    /// <summary>The fewest characters that a secret may have.</summary>
    public const int CharactersMin = 16;

    /// <summary>The most characters that a secret may have.</summary>
    public const int CharactersMax = 1024;

    /// <summary>How many secrets a node may go by at once: the network's, and the one before or after it.</summary>
    public const int CountMax = 2;

    /// <summary>What a list of secrets is, for people.</summary>
    public const string Accepted = "a secret of 16 to 1024 characters on a line; a second line for another one that is taken as well";

    private const int RandomBytes = 32;

    // As of member ids: no letters that look like others or like digits.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A strong one: 256 bits from the kernel's generator, as 52 characters.</summary>
    public static string Create()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return Write(random);
    }

    /// <summary>Five bits a character, the first ones first; the last character is filled up with zeros.</summary>
    internal static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 / 5) + 1);
        int bits = 0;
        int count = 0;
        foreach (byte each in bytes)
        {
            bits = (bits << 8) | each;
            for (count += 8; count >= 5; count -= 5)
            {
                text.Append(Digits[(bits >> (count - 5)) & 31]);
            }
            bits &= (1 << count) - 1;
        }
        return count == 0 ? text.ToString() : text.Append(Digits[(bits << (5 - count)) & 31]).ToString();
    }

    /// <summary>
    /// Reads one or two secrets, a line each: the first is shown to others, either is taken from them. Blanks around them, empty lines and lines
    /// that begin with <c>#</c> do not count.
    /// </summary>
    /// <param name="text">The lines.</param>
    /// <param name="secrets">What was read; empty when it makes no sense.</param>
    /// <returns>What is wrong, with what to do; null when nothing is.</returns>
    public static string? TryRead(string text, out IReadOnlyList<string> secrets)
    {
        secrets = [];
        string[] lines = [.. text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#')];
        if (lines.Length == 0)
        {
            return "there is no secret in it; norris --new-secret makes one";
        }
        if (lines.Length > CountMax)
        {
            return $"there are {lines.Length} secrets in it, and two are the most: the one to show, and one more to take";
        }
        foreach (string line in lines)
        {
            if (line.Length is < CharactersMin or > CharactersMax)
            {
                return $"a secret in it has {line.Length} characters, and 16 to 1024 are taken; norris --new-secret makes one";
            }
        }
        if (lines.Length == 2 && lines[0] == lines[1])
        {
            return "the two secrets in it are the same; leave one out";
        }
        secrets = lines;
        return null;
    }
}
