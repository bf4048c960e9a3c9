import com.sun.source.util.JavacTask;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Reads the files that it is given, each a block of Java: members of a class, or
 * else the body of a method. Prints "file: fault" for each fault of their syntax
 * and types. What a block does not declare is its reader's: names that cannot be
 * resolved are no fault.
 */
class Parse {
    static final String IMPORTS = "import java.io.*; import java.net.*; import java.net.http.*; import java.net.http.HttpRequest.BodyPublishers;"
        + " import java.net.http.HttpResponse.BodyHandlers; import java.net.Authenticator.RequestorType; import java.nio.charset.StandardCharsets;"
        + " import java.nio.file.*; import java.time.*; import java.time.format.*; import java.util.*; import java.util.concurrent.*;\n";

    static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    static final JavaFileManager PLATFORM = COMPILER.getStandardFileManager(null, null, null); // read once

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            String code = Files.readString(Path.of(file));
            List<String> faults = faults("abstract class Snippet {\n" + code + "\n}");
            if (!faults.isEmpty()) {
                List<String> more = faults("abstract class Snippet { Object body() throws Exception {\n" + code + "\n} }");
                if (more.size() < faults.size() || more.isEmpty()) faults = more; // the other reading is the wrong one
            }
            for (String fault : faults) System.out.println(file + ": " + fault.replace('\n', ' '));
        }
    }

    static List<String> faults(String source) throws Exception {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaFileObject unit = new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
            @Override public CharSequence getCharContent(boolean ignored) { return IMPORTS + source; }
        };
        JavacTask task = (JavacTask) COMPILER.getTask(null, PLATFORM, found, List.of("-proc:none"), null, List.of(unit));
        task.parse();
        task.analyze();
        List<String> faults = new ArrayList<>();
        for (Diagnostic<?> d : found.getDiagnostics()) {
            if (d.getKind() == Diagnostic.Kind.ERROR && !d.getCode().contains("cant.resolve") && !d.getCode().contains("missing.ret") && !d.getCode().contains("doesnt.exist")) {
                faults.add(d.getCode() + " " + d.getMessage(null));
            }
        }
        return faults;
    }
}
