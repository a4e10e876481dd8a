// Built by ame_explore/widgets/js/build.js; sources: sha256 cf63e58afeaac208a08b775fa22b561751f59675ff8c5be97c1f6e0c64c3049f
var T=()=>(performance.timeOrigin+performance.now())/1e3;function ut(n,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let a=s;
s=null,n(...a),e=setTimeout(i,t)};return(...a)=>{if(e!==null){s=a;return}n(...a),e=setTimeout(i,t)}}var Se=.4,Hs=3,Us={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function ee(n,t){if(Array.isArray(n))return n.
map(e=>ee(e,t));if(n===null||typeof n!="object")return n;if("buffer"in n&&"dtype"in n){let e=t[n.buffer],i=ArrayBuffer.isView(
e)?e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Us[n.dtype](i),{shape:n.shape})}
return Object.fromEntries(Object.entries(n).map(([e,s])=>[e,ee(s,t)]))}var se=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=T(),this.heard=!1,this.mended=!1,this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(
e,s),t.on("msg:custom",this.onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.
onVisible),this.timer=setInterval(()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("\
visibilitychange",this.onVisible),this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{
this.model.send({...t,page:this.page,t:T()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(
t),t.seen=!0;let e=new IntersectionObserver(i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.
observe(t.el);for(let[i,a]of Object.entries(this.kept))t.retained?.(i,a);this.frame&&!(this.frame.moving&&this.age(this.
frame)>Se)&&t.draw(this.frame);let s=this.there;return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.
disconnect(),this.views.delete(t),this.look()}}have(){return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[
t,e.retained]))}look(){let t=[...this.views],e=!document.hidden&&t.some(a=>a.seen&&a.el.isConnected),s=!t.some(a=>a.el.isConnected);
if(e===this.there&&s===this.left)return;let i=e&&!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=
T(),this.tell(e?{type:"ready",have:this.have()}:{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=T()-
this.heardAt;t>(this.frame?.moving?1:4)&&T()-this.pingedAt>=1&&(this.pingedAt=T(),this.tell({type:"ping",have:this.have()}),
!this.heard&&!this.mended&&this.listenAgain());for(let e of this.views)e.silent?.(t>8||this.gone?t:0,this.gone)}async listenAgain(){
try{let t=await this.model.widget_manager?.get_model?.(this.model.get("own_id")),e=t&&Object.getPrototypeOf(Object.getPrototypeOf(
t))?._handle_comm_msg;if(!e||!t.comm||this.heard||this.mended)return;t.comm.on_msg(s=>e.call(t,s)),this.mended=!0,this.tell(
{type:"ready",have:this.have()})}catch{}}receive(t,e=[]){if(this.heardAt=T(),this.heard=!0,t.type==="hello"){let{page:i,
t:a,time:o}=t;i===this.page&&(this.high=Math.min(this.high,o-a));return}let s=ee(t,e);if(t.type==="frame"){this.low=Math.
max(this.low,s.time-T());let i=s.heard[this.page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.
low,this.high]=[s.time-T(),1/0]);let a=this.waiting!==null;this.waiting=s,a||requestAnimationFrame(()=>this.paint())}else if(t.
retained){this.kept[t.type]=s;for(let i of this.views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,
e)}age(t){let e=Number.isFinite(this.high)?(this.low+this.high)/2:this.low;return Math.max(0,T()+e-t.time)}paint(){let t=this.
waiting;if(this.waiting=null,!t||!this.there)return;let e=T(),s=this.age(t),i=s>Se,a=i&&e-this.freshAt<Hs;if(!a){i||(this.
freshAt=e),this.frame=t,this.drawnAge=s;for(let o of this.views)try{o.draw(t),o.late?.(i?s:0)}catch(r){console.error("am\
e_explore: a view could not be drawn",r)}this.drawMs=1e3*(T()-e)}this.oldest=Math.max(this.oldest,a?0:s),!(!t.ask&&!a)&&
(this.tell({type:"ack",n:t.n,age_ms:1e3*(a?s:this.oldest),stale:a}),this.oldest=0)}};function $e(n){return()=>{let t;return{
initialize({model:e}){return t=new se(e),()=>t.close()},render({el:e}){let s=n(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var lt=null;function gt(n){lt?lt.push(n):n()}function Te(n){let t=lt,e=lt=[];try{n()}finally{lt=t}for(let s of e)s()}var Ee=1,
Oe=n=>Ee=n,ie=new WeakMap,Ae;function F(n){Ae??=new ResizeObserver(r=>{for(let{target:l}of r)ie.set(l,[l.clientWidth,l.clientHeight]),
l.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Ee*(window.devicePixelRatio||1)),e=ie.get(n);e||(Ae.
observe(n),ie.set(n,e=[n.clientWidth,n.clientHeight]));let[s,i]=e,[a,o]=[Math.round(s*t),Math.round(i*t)];return(n.width!==
a||n.height!==o)&&(n.width=a,n.height=o),{width:s,height:i,scale:t}}function C(n,t){return n.getContext("2d",t)}var mt=class{constructor(t,e){
this.canvas=t,this.how=e,this.all=new Uint32Array,this.image=null}get context(){return C(this.canvas,this.how)}clear(t){
let{width:e,height:s}=this.canvas;return(this.image?.width!==e||this.image.height!==s)&&(this.image=this.context.createImageData(
e,s),this.all=new Uint32Array(this.image.data.buffer)),this.all.fill(t)}show(){this.image&&this.context.putImageData(this.
image,0,0)}};function Ie(n,t){n.addEventListener("pointerdown",e=>t.down(e)),n.addEventListener("pointermove",e=>t.move(
e)),n.addEventListener("pointerup",e=>t.up(e)),n.addEventListener("pointercancel",()=>t.cancel()),n.addEventListener("wh\
eel",e=>t.wheel(e),{passive:!1}),n.addEventListener("keydown",e=>t.key(e))}function ae(n,t,e,s,i){n.lineWidth=4,n.strokeStyle=
i,n.fillStyle=s,e.forEach((a,o)=>{if(!a)return;let{text:r,x:l,y:c}=t[o];n.strokeText(r,l+a[0],c+a[1]),n.fillText(r,l+a[0],
c+a[1])})}function Ce(n,t,e){!t||t.length<2||(n.beginPath(),t.forEach(([s,i],a)=>n[a?"lineTo":"moveTo"](s,i)),n.closePath(),
n.fillStyle=e.wash,n.fill(),n.strokeStyle=e.accent,n.lineWidth=1.5,n.setLineDash([5,3]),n.stroke(),n.setLineDash([]))}var ft={
away:16,above:30,high:96};function Pe(n,[t,e],{width:s,height:i}){let a=t>.55*s;n.style.left=a?"":`${t+ft.away}px`,n.style.
right=a?`${s-t+ft.away}px`:"",n.style.top=`${Math.max(4,Math.min(i-ft.high,e-ft.above))}px`}var Gs=new Set(["svg","path"]),Le={text:"textContent",value:"value",checked:"checked"};function h(n,t={},...e){let s=Gs.
has(n)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,n);i.append(...e.flat(1/0).
filter(a=>a!=null&&a!==!1));for(let[a,o]of Object.entries(t))o==null||o===!1||(a.startsWith("on")?i.addEventListener(a.slice(
2),o):a in Le?i[Le[a]]=o:i.setAttribute(a,o===!0?"":String(o)));return i}function v(n,t){n.textContent!==t&&(n.textContent=
t)}function A(n,t){n.hidden===t&&(n.hidden=!t)}async function bt(n,t){try{await navigator.clipboard.writeText(n.value)}catch{
n.select(),document.execCommand("copy")}let e=t.textContent??"";e!=="Copied"&&(v(t,"Copied"),setTimeout(()=>v(t,e),1500))}
function Q(){let n=document.body.dataset.jpThemeLight;return n!==void 0?n==="false":["vscode-dark","dark-theme"].some(t=>document.
body.classList.contains(t))}var Ys=0,X=()=>`ame-${Math.random().toString(36).slice(2,9)}-${Ys+=1}`;var ne=n=>n.replaceAll("-","−");function wt(n,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof n!="number"||!Number.isFinite(
n))return"–";let i;return s&&n!==0&&Math.abs(n)<.1?i=Math.floor(Math.log10(Number(Math.abs(n).toPrecision(2))))<-4?n.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):n.toPrecision(2):i=s&&n===0?"0.0":n.toFixed(t||(Number.isInteger(n)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),ne(e&&n>0?`+${i}`:i))}function K(n,t=3,{signed:e=!1}={}){
if(typeof n!="number"||!Number.isFinite(n))return"–";if(n===0)return"0";let[s,i]=n.toExponential(t-1).split("e"),a=t-1-
Number(i),o=a>=-3&&a<=t+2?n.toFixed(Math.max(a,0)):`${s}e${Number(i)}`;return ne(e&&n>0?`+${o}`:o)}function q(n){return n==
null||n===""?"–":typeof n!="number"?String(n):Number.isInteger(n)&&Math.abs(n)<1e6?ne(String(n)):K(n)}var Ne=n=>n.toExponential(
0).replace("e+","e").replaceAll("-","−");function oe(n,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(n)||1;return n!==
0&&(Math.abs(n)<.001||Math.abs(n)>=1e4)?Ne(n):n.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var De=n=>n>=.001&&n<1e4?String(Number(n.toPrecision(1))):Ne(n),yt=n=>n===null?"default":n===!0?"on":n===!1?"\
off":String(typeof n=="number"?Number(n.toPrecision(4)):n),kt=({right:n,predicted:t})=>n===null?t:`${n?"✓":"✗"} ${t}`,
vt=({right:n})=>n===null?"ame-muted":n?"ame-right":"ame-wrong";var Re=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],_e=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],Be=["solid","dash","dot","dashdot","longdash","longdashdot"],Fe=["circle","diamond","square","triangle-up",
"x","cross"];var Xs={solid:[],dash:[6,3],dot:[2,2.5],dashdot:[7,3,2,3],longdash:[12,4],longdashdot:[12,3,3,3]},re=(n,t)=>n[t%n.length],
L=n=>re(Q()?_e:Re,n),xt=n=>Xs[re(Be,n)],tt=n=>{let t=re(Fe,n);return t==="triangle-up"?"triangle":t};function j(n,t){let{
family:e}=n[t];return e?[...new Set(n.map(s=>s.family||s.name))].indexOf(e):t}var qe=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],je=n=>qe[n%qe.length];
function Vs(n,t,e,s,i){let a=c=>{n.beginPath(),c.forEach(([p,d],u)=>n[u?"lineTo":"moveTo"](e+p*i,s+d*i)),n.closePath()},
o=(c,p,d=1)=>Array.from({length:c},(u,f)=>{let m=p+2*Math.PI*f/c;return[d*Math.cos(m),d*Math.sin(m)]}),r=c=>[[-c,-1],[c,
-1],[c,-c],[1,-c],[1,c],[c,c],[c,1],[-c,1],[-c,c],[-1,c],[-1,-c],[-c,-c]];t==="circle"?(n.beginPath(),n.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?a([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?a([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?a(o(3,-Math.PI/2,1.15)):t==="triangle-down"?a(o(3,Math.PI/2,1.15)):t==="cross"?a(r(.38)):t==="x"?a(
(c=>c.map(([p,d])=>[(p-d)*Math.SQRT1_2,(p+d)*Math.SQRT1_2]))(r(.36))):t==="pentagon"?a(o(5,-Math.PI/2,1.05)):t==="hexago\
n"?a(o(6,0,1.05)):t==="bar"?a([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&a(Array.from({length:10},(c,p)=>{
let d=-Math.PI/2+Math.PI*p/5,u=p%2?.48:1.15;return[u*Math.cos(d),u*Math.sin(d)]}))}var Js={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function D(n,{shape:t,color:e,filled:s,halo:i,inside:a,edge:o=.55},r,l,c){let p=Js[t];
if(!s&&p){n.lineCap="round";for(let{style:d,width:u}of[{style:i,width:(.2+o)*c},{style:e,width:Math.max(1.2,.32*c)}])if(d){
n.strokeStyle=d,n.lineWidth=u,n.beginPath();for(let[f,m,b,g]of p)n.moveTo(r+f*c,l+m*c),n.lineTo(r+b*c,l+g*c);n.stroke()}
return}Vs(n,t,r,l,c),i&&(n.lineWidth=o*c,n.strokeStyle=i,n.stroke()),s?(n.fillStyle=e,n.fill()):(n.fillStyle=a||i||"tran\
sparent",n.fill(),n.lineWidth=Math.max(1.2,.36*c),n.strokeStyle=e,n.stroke())}function Mt(n,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,a=document.createElement("canvas");a.width=a.height=i;let o=C(a,{willReadFrequently:!0});D(o,n,s+.5,s+.5,t);let{
data:r}=o.getImageData(0,0,i,i),l=[],c=[],p=[],d=[],u=[];for(let f=0;f<i*i;f++){let m=Math.round(r[4*f+3]/255*32*e);m&&(l.
push(f%i-s),c.push(Math.floor(f/i)-s),p.push(r[4*f]|r[4*f+2]<<16),d.push(r[4*f+1]<<8),u.push(m))}return{half:s,dx:Int32Array.
from(l),dy:Int32Array.from(c),rb:Int32Array.from(p),g:Int32Array.from(d),a:Int32Array.from(u)}}function St(n,t,e,s,i,a){
let{half:o,dx:r,dy:l,rb:c,g:p,a:d}=s,u=Math.round(i),f=Math.round(a);if(u<o||f<o||u>=t-o||f>=e-o)return;let m=f*t+u;for(let b=0;b<
d.length;b++){let g=m+l[b]*t+r[b],y=n[g],k=32-d[b],E=(y&16711935)*k+c[b]*d[b]>>>5&16711935,x=(y&65280)*k+p[b]*d[b]>>>5&65280;
n[g]=4278190080|E|x}}function We(n){let t=document.createElement("canvas");t.width=t.height=1;let e=C(t);return e.fillStyle=
n,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var _={},ze=n=>Object.assign(_,n);function $t(n){let{short:t=n,unit:e=""}=_[n]??{};return e?`${t} (${e})`:t}function et(n,t){
let{short:e=n,unit:s=""}=_[n]??{};return`${e} ${V(n,t)} ${s}`.trim()}function V(n,t){let e=_[n];return e?wt(t,e.decimals,
{fine:e.fine}):q(t)}function Ke(n,t,e){let s=t-n;if(!(s>0))return[n];let i=s/e,a=10**Math.floor(Math.log10(i)),o=a*[1,2,5,10].find(l=>l*a>=i*
.999),r=[];for(let l=Math.ceil(n/o-1e-9)+0;l*o<=t+1e-9*s;l++)r.push(l*o);return r}function He(n,t){let e=[];for(let i=Math.
floor(Math.log10(n));i<=Math.ceil(Math.log10(t));i++)for(let a of t/n>1e4?[1]:[1,3])e.push(a*10**i);let s=e.filter(i=>i>=
n&&i<=t);return s.length>5?s.filter((i,a)=>a%2===0):s}function Ue(n){let[t,e]=[1/0,-1/0];for(let i of n)for(let a=0;a<i.
length;a++)Number.isFinite(i[a])&&(t=Math.min(t,i[a]),e=Math.max(e,i[a]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function Z(n,t){let e=0,s=n.length;for(;e<s;){let i=e+s>>1;n[i]<=t?e=i+1:s=i}return e-1}function he(n,t){if(!n.length)return t;
let e=Z(n,t),s=n[Math.max(0,e)],i=n[Math.min(n.length-1,e+1)];return t-s<=i-t?s:i}function Ge(n,t,e){let s=he(n,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=n.indexOf(t)+Math.sign(e-t);return n[Math.max(0,Math.min(n.length-1,i))]??s}function Ye(n){
let[t,...e]=n.map(({x:i,y:a})=>new Map([...i].map((o,r)=>[o,a[r]]))),s=[];for(let[i,a]of t??[]){let o=[a,...e.map(r=>r.get(
i)??NaN)];o.every(Number.isFinite)&&s.push([i,Math.min(...o),Math.max(...o)])}return s}function Xe(n,t){let e=[];for(let s=0,
i=0;s<n.x.length&&i<t.x.length;)if(n.x[s]===t.x[i]){let a=t.y[i]-n.y[s];Number.isFinite(a)&&e.push([n.x[s],a]),s++,i++}else
n.x[s]<t.x[i]?s++:i++;return e}function At(n,t,e){let s=h("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${n}`,
"aria-label":`${t}: the data`}),i=h("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${n}`},"▦"),a=0,o=()=>{let{columns:l,
rows:c}=e();s.replaceChildren(h("table",{},h("thead",{},h("tr",{},l.map(p=>h("th",{scope:"col"},p)))),h("tbody",{},c.map(
p=>h("tr",{},p.map(d=>h("td",{},q(d))))))))},r=()=>{s.hidden||T()-a<.5||(a=T(),o())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||o()}),{button:i,box:s,update:r}}var Ve=30,Qs=130,Je=84,Zs={teacher:[8,3],backbone:[5,3],chance:[2,3]},ct=class{constructor(t,e){let s=_[e];this.lab=t,this.
term=e,this.label=s?.short??e.replaceAll("_"," "),this.range=s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=
null,this.values=h("span",{class:"ame-values"}),this.unit=h("small",{}),this.verdict=h("span",{class:"ame-verdict","data\
-testid":`verdict-${e}`}),this.canvas=h("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),
this.table=At(e,this.label,()=>this.rows()),this.el=h("div",{class:"ame-chart","data-term":e},h("div",{class:"ame-chart-\
head"},h("h5",{title:s?.definition||this.label},this.label),h("div",{class:"ame-readout"},this.values,this.unit),this.verdict,
this.table.button),this.canvas,this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.
canvas.addEventListener("pointerleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.
scrubTo(Math.round(this.stepAt(i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*
this.steps}point(t){this.box&&(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.
arms.map((e,s)=>({arm:e,index:j(t.arms,s),series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.
at){let s=this.lines(t);if(A(this.el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.
readout(ei(s),i,t);let a=i===null&&t.verdict?.term===this.term?t.verdict:null,o=this.lab.el.classList.contains("ame-low");
v(this.verdict,(o?a?.short:a?.text)??""),this.verdict.title=a?`${a.text}. ${a.details}`:"",gt(()=>this.paint(s,i)),this.
table.update()}readout(t,e,s){let i=t.map(({arm:r,index:l,series:c})=>{let p=e===null?c.x.length-1:Z(c.x,e),d=p>=0&&si(r,
c.x[p],e);return{index:l,name:r.name,value:p<0||d?null:c.y[p],old:d?c.x[p]:null}});for(;this.values.children.length>i.length;)
this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(h("span",{class:"ame-value"},
h("i",{}),h("b",{})));i.forEach(({index:r,name:l,value:c,old:p},d)=>{let u=this.values.children[d],[f,m]=u.children;f.style.
background=L(r),u.title=p===null?l:`${l}: not measured since step ${p}`,v(m,V(this.term,c))});let a=s.units[this.term]??
_[this.term]?.unit??"";v(this.unit,a),A(this.unit,a!=="");let o=`${this.label}${a?` in ${a}`:""}: `+i.map(({name:r,value:l})=>`${r}\
 ${V(this.term,l)}`).join(", ")+` at step ${Math.round(e??s.step)}`+this.compared();(T()-this.saidAt>1||s.state!=="playi\
ng")&&(this.saidAt=T(),this.canvas.setAttribute("aria-label",o))}compared(){let t=Object.entries(this.lab.scene?.references[this.
term]??{}).map(([e,s])=>`${e} ${V(this.term,s)}`);return t.length?`; for comparison: ${t.join(", ")}`:""}paint(t,e){let{
width:s,height:i,scale:a}=F(this.canvas);if(!s||!i)return;let{ink:o}=this.lab,r=C(this.canvas);r.setTransform(a,0,0,a,0,
0),r.clearRect(0,0,s,i);let l=t.length>1&&!t[0].arm.family&&!_[this.term]?.ame_only,c=!l||i<Je?0:i<Qs?Ve/2:Ve,p=Object.entries(
this.lab.scene?.references[this.term]??{}),{low:d,high:u,log:f}=this.range?{low:this.range[0],high:this.range[1],log:!1}:
Ue(t.map(({series:$})=>$.y)),m=f?He(d,u):Ke(d,u,i<Je?2:3),b=m.map($=>f?De($):oe($,m)),g=l?Xe(t[0].series,t[1].series):[],
y=Math.max(...g.map(([,$])=>Math.abs($)),1e-12),k=g.length&&y>1e-12?`±${oe(y,[0,y/2])}`:"0";r.font=`12px ${o.font}`;let E=Math.
max(...[...b,c?k:""].map($=>r.measureText($).width)),x={left:Math.max(40,Math.ceil(E)+7),right:s-8,top:5,bottom:i-16-c};
this.box=x;let O=f?Math.log10:$=>$,I=$=>x.left+(x.right-x.left)*$/this.steps,M=$=>x.bottom-(x.bottom-x.top)*(O($)-O(d))/
(O(u)-O(d));r.textBaseline="middle",r.lineWidth=1,r.textAlign="right";for(let[$,N]of m.entries()){let B=Math.round(M(N))+
.5;r.strokeStyle=o.grid,r.beginPath(),r.moveTo(x.left,B),r.lineTo(x.right,B),r.stroke(),r.fillStyle=o.muted,r.fillText(b[$],
x.left-5,B)}this.levels(r,x,p.filter(([,$])=>$>d&&$<u).map(([$,N])=>({name:$,value:N,at:M(N)})),o),r.textBaseline="alpha\
betic",r.fillStyle=o.muted,r.textAlign="left",r.fillText("0",x.left,i-3),r.textAlign="right",r.fillText(`${this.steps} s\
teps`,x.right,i-3),r.lineJoin="round";for(let $ of t)this.turned(r,$,I,x);let w=Qe(t);for(let $ of w)this.band(r,$,I,M,x,
f);let S=new Set(w.map($=>Ze($)));for(let $ of t)this.curve(r,$,I,M,x,f,!w.length||S.has($));c&&this.difference(r,g,y,k,
L(t[1].index),I,{...x,top:x.bottom+4,bottom:x.bottom+c},o),e!==null&&(r.strokeStyle=o.text,r.globalAlpha=.5,r.beginPath(),
r.moveTo(Math.round(I(e))+.5,x.top),r.lineTo(Math.round(I(e))+.5,i-16),r.stroke(),r.globalAlpha=1)}band(t,e,s,i,a,o){let r=Ye(
e.map(({series:c})=>c)).filter(([,c])=>!o||c>0),l=c=>Math.max(a.top,Math.min(a.bottom,i(c)));t.fillStyle=L(e[0].index),t.
globalAlpha=.16,t.beginPath();for(let[c,p]of r)t.lineTo(s(c),l(p));for(let[c,,p]of r.reverse())t.lineTo(s(c),l(p));t.fill(),
t.globalAlpha=1}curve(t,{arm:e,index:s,series:i},a,o,r,l,c){let{ink:p}=this.lab,d=g=>Number.isFinite(g)&&!(l&&g<=0),u=g=>Math.
max(r.top,Math.min(r.bottom,o(g))),f=_[this.term]?.per_reading?e.turns.filter(({redefines:g})=>g).map(({step:g})=>g):[];
t.setLineDash(xt(s)),t.strokeStyle=L(s),t.lineWidth=c?1.8:.8,t.globalAlpha=c?1:.45,t.beginPath();let m=!1;for(let g=0;g<
i.x.length;g++){if(!d(i.y[g])){m=!1;continue}g&&f.some(y=>i.x[g-1]<=y&&y<i.x[g])&&(m=!1),t[m?"lineTo":"moveTo"](a(i.x[g]),
u(i.y[g])),m=!0}t.stroke(),t.setLineDash([]),t.globalAlpha=1;let b=i.x.length-1;if(c&&d(i.y[b])&&D(t,{shape:tt(s),color:L(
s),filled:!0,halo:p.card},a(i.x[b]),u(i.y[b]),4),e.parent!==null&&e.fork_step){let g=Z(i.x,e.fork_step);g>=0&&D(t,{shape:"\
diamond",color:p.text,filled:!1,halo:p.card},a(i.x[g]),o(i.y[g]),3.5)}}turned(t,{arm:e,index:s},i,a){let o=new Set(e.turns.
map(({step:r})=>r).filter(r=>r>0));if(o.size){t.strokeStyle=L(s),t.globalAlpha=.75,t.setLineDash([1.5,3]),t.beginPath();
for(let r of o){let l=Math.round(i(r))+.5;t.moveTo(l,a.top),t.lineTo(l,a.bottom)}t.stroke(),t.setLineDash([]),t.globalAlpha=
1}}levels(t,e,s,i){let a=-1/0;t.textAlign="right",t.textBaseline="bottom";for(let{name:o,value:r,at:l}of s.sort((c,p)=>c.
at-p.at)){t.strokeStyle=i.muted,t.setLineDash(Zs[o]??[]),t.lineWidth=o==="chance"?1:1.4,t.beginPath(),t.moveTo(e.left,l),
t.lineTo(e.right,l),t.stroke(),t.setLineDash([]);let c=Math.max(l-1,a+13,e.top+12);a=c;let p=`${o} ${V(this.term,r)}`;t.
fillStyle=i.muted,t.lineWidth=3,t.strokeStyle=i.card,t.strokeText(p,e.right,c),t.fillText(p,e.right,c)}t.lineWidth=1}difference(t,e,s,i,a,o,r,l){
let c=(r.top+r.bottom)/2,p=(r.bottom-r.top)/2-2;t.fillStyle=l.soft,t.fillRect(r.left,r.top,r.right-r.left,r.bottom-r.top),
t.fillStyle=a,t.globalAlpha=.75,t.beginPath(),e.forEach(([d,u],f)=>{f||t.moveTo(o(d),c),t.lineTo(o(d),c-p*u/s)}),e.length&&
t.lineTo(o(e[e.length-1][0]),c),t.fill(),t.globalAlpha=1,t.strokeStyle=l.muted,t.lineWidth=1,t.beginPath(),t.moveTo(r.left,
Math.round(c)+.5),t.lineTo(r.right,Math.round(c)+.5),t.stroke(),t.fillStyle=l.muted,t.textAlign="right",t.textBaseline="\
middle",t.fillText(i,r.left-5,c)}rows(){let t=this.lines(this.lab.frame),e=[...new Set(t.flatMap(({series:o})=>[...o.x]))].
sort((o,r)=>o-r),s=e.length>120?e.filter((o,r)=>r%Math.ceil(e.length/120)===0||r===e.length-1):e,i=t.map(({series:o})=>new Map(
[...o.x].map((r,l)=>[r,o.y[l]]))),a=["step",...t.map(({arm:o})=>o.name)];return t.length>1&&a.push(`${a[2]} − ${a[1]}`),
{columns:a,rows:s.map(o=>{let r=i.map(c=>c.get(o)??null),l=r[0]===null||r[1]===null?null:r[1]-r[0];return t.length>1?[o,
...r,l]:[o,...r]}).reverse()}}},ti="harmonic_mean";function Qe(n){let t=new Map;for(let e of n)e.arm.family&&t.set(e.arm.
family,[...t.get(e.arm.family)??[],e]);return[...t.values()]}function ei(n){let t=Qe(n);return t.length?t.map(e=>Ze(e)):
n}function Ze(n){let t=({arm:e})=>e.series[ti]?.y.at(-1)??-1/0;return n.reduce((e,s)=>t(s)>t(e)?s:e)}function si(n,t,e){
let s=Object.keys(n.series).find(o=>_[o]?.always);if(s===void 0)return!1;let i=n.series[s].x,a=i.length?e===null?i.length-
1:Z(i,e):-1;return a>=0&&t<i[a]}var ts={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],verdict:null,breaks:[],prediction:null,
exercise:null,selection:[],said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},Y=n=>n.scrubbed!==null&&!n.
recording,U=n=>n.scrubbed??n.step,P=class{#t="";isNew(t){let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){
this.#t=""}};var ii={headline:"Headline",accuracy:"Accuracy",entropy:"Entropy and AME",loss:"Losses","":"More"},Tt=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new P,this.laid=new P,this.drawnAt=0,this.group="headline",this.key=h("ul",{class:"\
ame-legend","aria-label":"Arms"}),this.choice=h("select",{"data-testid":"curves","aria-label":"Which curves",onchange:()=>this.
choose(this.choice.value)},Object.entries(ii).map(([e,s])=>h("option",{value:e},s))),this.beside=h("div",{class:"ame-cha\
rt-tools"},this.key,this.choice),this.row=h("div",{class:"ame-chart-row"}),this.el=h("section",{class:"ame-card ame-char\
ts","aria-label":"Curves"},this.row);for(let e of Object.keys(_))_[e].group&&this.charts.set(e,new ct(t,e))}choose(t){this.
group=t,this.drawnAt=0,this.lab.draw(this.lab.frame)}chosen({arms:t}){let e=i=>t.some(a=>a.series[i]?.x.length);if(this.
group!=="headline")return[...this.charts.keys()].filter(i=>(_[i]?.group??"")===this.group&&e(i));let s=Object.keys(_).filter(
i=>_[i].headline&&e(i));return s.length?s:[...this.charts.keys()].filter(e).slice(0,2)}draw(t,e=null){let{arms:s}=t;for(let o of s)
for(let r of Object.keys(o.series))this.charts.has(r)||this.charts.set(r,new ct(this.lab,r));if(this.arms.isNew([Q(),s.map(
o=>o.name)])){let o=s.filter(r=>!r.family||r.family===r.name);this.key.replaceChildren(...o.map(r=>{let l=j(s,s.indexOf(
r)),c=h("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"true"}),p=C(c);p.strokeStyle=L(l),p.lineWidth=4,p.setLineDash(
xt(l).map(f=>2*f)),p.beginPath(),p.moveTo(2,12),p.lineTo(58,12),p.stroke(),D(p,{shape:tt(l),color:L(l),filled:!0},30,12,
7);let d=r.family?s.filter(({family:f})=>f===r.name).length:1,u=d>1?`${r.name.split(" · ")[0]}: ${d} seeds, the best st\
rong`:r.name;return h("li",{title:r.label},c,u)}))}let i=this.chosen(t),a=this.laid.isNew(i);if(a&&(this.row.dataset.count=
String(i.length),this.row.replaceChildren(...i.map(o=>this.charts.get(o).el)),i.length||this.row.append(h("p",{class:"am\
e-muted"},s.length?"No curve of this kind yet.":""))),!(!a&&t.state==="playing"&&e===null&&this.lab.cursor===null&&T()-this.
drawnAt<.45)){this.drawnAt=T();for(let o of i)this.charts.get(o)?.draw(t,e)}}};function es({low:n,high:t,scale:e,whole:s,step:i,value:a}){let o=n??0,r=t??Math.max(1,2*(typeof a=="number"?a:1)),l=i??(s?
1:null),c=e==="log",p=c&&o<=0?30:0,d=o>0?o:r/10**4,u=l!==null&&!c?Math.round((r-o)/l):1e3,f=k=>Math.max(o,Math.min(r,k)),
m=k=>{let E=l===null?Number(k.toPrecision(c?2:3)):o+Math.round((k-o)/l)*l;return f(s?Math.round(E):Number(E.toPrecision(
12)))},b=k=>c?p&&k<=0?0:p+(u-p)*Math.log(Math.max(k,d)/d)/Math.log(r/d):u*(k-o)/(r-o),g=k=>c?k<p/2?0:m(d*Math.exp(Math.max(
0,k-p)/(u-p)*Math.log(r/d))):m(o+(r-o)*k/u);return{low:o,last:u,toSlider:b,fromSlider:g,nudge:(k,E)=>l!==null?m(k+E*l):f(
g(Math.max(0,Math.min(u,b(k)+E*u/40)))),box:l??"any"}}var Et=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new P,this.shape=new P,this.arm=h("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=h("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=h("div",{class:"ame-dial-list"}),this.later=h("div",{class:"ame-dial-list"}),this.laterBox=h(
"details",{class:"ame-later"},h("summary",{},"Takes effect at reset"),this.later),this.el=h("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},h("header",{},h("h3",{},"Dials"),h("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
h("option",{value:""},"all relevant"),...t.map(a=>h("option",{value:a.name,title:a.label},a.name))),this.arm.value=t.some(
a=>a.name===i)?i:"",A(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,inert:0,pending:0,locked:0};if(this.
shape.isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(a=>[a.field,new le(this,a)]));let i=a=>[...this.nodes.values()].
filter(({dial:o})=>o.steerable===a).map(({el:o})=>o);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),A(this.laterBox,e.some(a=>!a.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},ai=8,ss=.8,le=class{constructor(t,e){this.owner=t,this.
dial=e,this.touched=-1/0,this.typing=!1,this.drawn=new P,this.value=e.value,this.own=e.value,this.scale=es(e),this.send=
ut(a=>t.set(e.field,a),120);let s=X(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};
this.values=h("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choi\
ce"?this.choice(i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=h("div",{class:`ame-dial am\
e-dial-${e.kind}`,title:e.locked?"Locked by the author of this lab":e.help},h("label",{for:s,class:"ame-dial-label"},e.label),
this.slider?h("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&h("span",{class:"ame-he\
lp",id:`${s}-help`},e.help))}choice(t){let e=h("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.
map(s=>h("option",{value:JSON.stringify(s),title:this.helpOf(s)},this.spelled(s))));return e}spelled(t){return this.dial.
labels[String(t)]??yt(t)}helpOf(t){let e=this.dial.helps[t];return e?`${t}: ${e}`:null}switch(t){return h("button",{...t,
type:"button",role:"switch",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=h("input",
{...t,type:"number",min:e.low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.
owner.lab.again()},onchange:()=>{if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===
""?null:Number(s.value))}});return s}makeSlider(){let t=h("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-l\
abel":`${this.dial.label}, slider`,oninput:()=>this.turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(
e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.
value=="number"?this.value:this.scale.low,a=this.scale.nudge(i,s);a!==i&&this.turn(a)}turn(t,e=!1){this.touched=T(),this.
drawn.forget(),this.show(t,e),this.send(t),setTimeout(()=>this.owner.lab.again(),1e3*ss+100)}show(t,e=!1){let{input:s,slider:i}=this;
if(this.value=t,i&&s instanceof HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let a=this.
dial.none||"default";s.placeholder=t!==null?q(t):a.length>ai?"default":a,s.title=t===null?a:"",!e&&t!==null&&(i.value=String(
this.scale.toSlider(Number(t)))),i.setAttribute("aria-valuetext",t===null?a:`${q(t)} ${this.dial.unit}`.trim())}else if(s instanceof
HTMLSelectElement){s.value=JSON.stringify(t);let a=this.helpOf(String(t));a?s.title=a:s.removeAttribute("title")}else s.
setAttribute("aria-checked",String(!!t)),v(s,t?"on":"off")}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,this.
own=e!==null&&e in i?i[e]:t.value;let a=t.locked||t.inert||Y(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.
disabled=a,this.slider&&(this.slider.disabled=a),this.el.classList.toggle("ame-pending",t.pending),this.el.classList.toggle(
"ame-idle",t.idle!==null),this.el.title=t.locked?"Locked by the author of this lab":t.idle?`No effect in this run: ${t.idle}`:
t.help,this.typing||T()-this.touched<ss||!this.drawn.isNew([this.own,i,e,t.idle]))return;let o=e===null?t.concerns.map(c=>({
name:c,value:i[c]})):[],r=o.some(({value:c})=>c!==o[0].value);this.show(this.own),r&&this.slider&&this.input instanceof HTMLInputElement&&
(this.input.value="",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(o[o.length-1].
value??this.scale.low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let l=r?o.map(({name:c,value:p})=>`${c}\
: ${this.spelled(p)}`):[];v(this.values,[...l,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},Ot=class{constructor(t){
this.lab=t,this.nodes=new Map,this.shape=new P,this.list=h("div",{class:"ame-break-list"}),this.el=h("section",{class:"a\
me-card ame-breaks","aria-label":"Break it"},h("header",{},h("h3",{},"Break it"),h("span",{class:"ame-muted"},"and read \
the diagnosis")),this.list)}there({breaks:t}){return t.length>0}draw(t){let{breaks:e}=t;this.shape.isNew(e.map(s=>s.switch))&&
(this.nodes=new Map(e.map(s=>{let i=h("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`\
break-${s.switch}`,onclick:()=>this.turn(s,i.getAttribute("aria-checked")!=="true")},h("i",{"aria-hidden":"true"}),h("sp\
an",{},s.label,s.help&&h("small",{},s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){
let i=this.nodes.get(s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=Y(t)||this.lab.locked("break")}}turn({
switch:t,resets:e},s){let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var is=["dials","breaks","diagnosis","recipe","one_step"];function ce(n){let t=Math.max(0,Math.floor(n));return`${Math.floor(
t/60)}:${String(t%60).padStart(2,"0")}`}function ni(n,t){return t===null?ce(n):n<=t?`${ce(Math.ceil(t-n))} left`:`time i\
s up since ${ce(n-t)}`}var It=class{constructor(t){this.lab=t,this.shape=new P,this.answers={},this.outcomes=new Map,this.
state=null,this.told=new P,this.at=0,this.ticking=0,this.time=h("span",{class:"ame-clock",role:"timer","data-testid":"ex\
ercise-clock"}),this.beside=this.time,this.intro=h("p",{},"One of these students is sabotaged. Play, look, and find out \
which one and how. What would give it away stays hidden until you have answered; every question may be left open."),this.
body=h("div",{}),this.commit=h("button",{type:"submit",class:"ame-button ame-primary","data-testid":"exercise-answer"},"\
Answer"),this.solution=h("p",{class:"ame-solution",role:"status","data-testid":"exercise-told",hidden:!0}),this.token=h(
"input",{type:"text",readonly:!0,"aria-label":"Your answers as one token","data-testid":"exercise-token",onfocus:()=>this.
token.select()}),this.copy=h("button",{type:"button",class:"ame-button",onclick:()=>{bt(this.token,this.copy)}},"Copy"),
this.field=h("div",{hidden:!0},h("p",{class:"ame-muted"},"Your answers, to hand in:"),h("div",{class:"ame-field"},this.token,
this.copy)),this.el=h("section",{class:"ame-card ame-predict ame-exercise","aria-label":"Exercise","data-testid":"exerci\
se"},h("header",{},h("h3",{},"Exercise")),this.intro,this.solution,h("form",{onsubmit:e=>this.submit(e)},this.body,this.
commit),this.field)}close(){window.clearInterval(this.ticking)}there({exercise:t}){return!!t}submit(t){t.preventDefault(),
this.state&&!this.state.given&&this.lab.command("answer",{answers:this.answers})}draw({exercise:t}){if(!t)return;this.state=
t,this.at=T(),this.shape.isNew([t.questions,t.given])&&(t.given&&(this.answers={...t.answers}),this.outcomes=new Map,this.
body.replaceChildren(...t.questions.map(s=>this.question(s,t.given))));for(let[s,i]of this.outcomes){let a=t.outcome[s];
A(i,!!a),a&&(i.className=`ame-outcome ${a.right?"ame-right":"ame-wrong"}`,v(i,`${a.right?"✓":"✗"} ${a.text}`))}A(this.
commit,!t.given),A(this.intro,t.hidden&&!t.given);let e=t.told||(t.given?"Your answers are saved. The solution is shown \
later.":"");A(this.solution,e!==""),v(this.solution,e),A(this.field,t.token!==""),this.token.value!==t.token&&(this.token.
value=t.token),this.tick(),t.running&&!this.ticking&&(this.ticking=window.setInterval(()=>this.tick(),1e3)),!t.running&&
this.ticking&&(window.clearInterval(this.ticking),this.ticking=0)}tick(){let{state:t}=this;if(!t)return;let e=t.seconds+
(t.running?T()-this.at:0);v(this.time,ni(e,t.limit)),this.time.classList.toggle("ame-wrong",t.limit!==null&&e>t.limit)}question({
id:t,text:e,options:s},i){let a=h("p",{class:"ame-outcome",hidden:!0});this.outcomes.set(t,a);let o=this.answers[t]??"";
if(!s){let l=h("textarea",{rows:2,maxlength:2e3,disabled:i,"data-testid":`answer-${t}`,"aria-label":e,oninput:()=>this.answers[t]=
l.value});return l.value=o,h("fieldset",{},h("legend",{},e),l,a)}let r=X();return h("fieldset",{disabled:i,"data-testid":`\
answer-${t}`},h("legend",{},e),h("div",{class:"ame-options"},s.map(l=>h("label",{},h("input",{type:"radio",name:r,value:l,
checked:o===l,onchange:()=>this.answers[t]=l}),` ${l}`))),a)}};var de={left:"Left of the maps",below:"Below the maps",right:"Right of the maps"},oi=1300,ri=700,hi=460,li=660,ci=540,[di,
pi]=[430,1100],ui=14,as=[1e3,600],dt=class{constructor(t,e){this.layout=t,this.place=e,this.tabs=new Map,this.list=h("di\
v",{class:"ame-tabs",role:"tablist","aria-label":de[e],onkeydown:s=>this.key(s)}),this.tools=h("div",{class:"ame-tools"}),
this.bodies=h("div",{class:"ame-bodies"}),this.el=h("div",{class:`ame-dock ame-dock-${e}`,"data-testid":`dock-${e}`},h("\
div",{class:"ame-tab-row"},this.list,this.tools),this.bodies)}show(t,e){let{panels:s,titles:i}=this.layout;for(let[r,{tab:l,
body:c}]of this.tabs)t.includes(r)||(l.remove(),c.remove(),this.tabs.delete(r));for(let r of t){if(this.tabs.has(r))continue;
let l=X(),c=h("button",{type:"button",role:"tab",class:"ame-tab",id:`${l}-tab`,"aria-controls":l,"data-testid":`tab-${r}`,
onclick:()=>this.layout.open(r)},i[r]??r),p=h("div",{role:"tabpanel",class:"ame-body",id:l,"aria-labelledby":`${l}-tab`,
tabindex:"0"},s[r].el);this.tabs.set(r,{tab:c,body:p})}t.map(r=>this.tabs.get(r)).forEach(({tab:r,body:l},c)=>{this.list.
children[c]!==r&&(this.list.insertBefore(r,this.list.children[c]??null),this.bodies.append(l))});for(let[r,{tab:l,body:c}]of this.
tabs){let p=r===e;l.getAttribute("aria-selected")!==String(p)&&(l.setAttribute("aria-selected",String(p)),l.tabIndex=p?0:
-1),A(c,p)}let o=e?s[e].beside:void 0;this.tools.firstChild!==(o??null)&&this.tools.replaceChildren(...o?[o]:[])}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key];if(!e)return;t.preventDefault(),t.stopPropagation();let s=[...this.tabs.keys()].
sort((o,r)=>this.at(o)-this.at(r)),i=s.findIndex(o=>this.tabs.get(o)?.tab===document.activeElement),a=s[(i+e+s.length)%s.
length];this.layout.open(a),this.tabs.get(a)?.tab.focus()}at(t){return[...this.list.children].indexOf(this.tabs.get(t)?.
tab)}},Ct=class{constructor(t,e,s,i){this.lab=t,this.panels=e,this.titles=s,this.wide=this.slim=!1,this.zoom=1,this.docks=
{left:new dt(this,"left"),below:new dt(this,"below"),right:new dt(this,"right")},this.el=h("div",{class:"ame-desk"},this.
docks.left.el,h("div",{class:"ame-middle"},i,this.docks.below.el),this.docks.right.el),this.form=h("div",{class:"ame-arr\
angement"}),this.dialog=h("dialog",{class:"ame-keys","aria-label":"Arrange the panels","data-testid":"arrange"},h("h3",{},
"Arrange the panels"),this.form,h("p",{},"In Python, the lab's .arrangement holds what is set here: lab(..., show=shown.\
arrangement) opens a lab that looks the same."),h("button",{type:"button",class:"ame-button",onclick:()=>this.dialog.close()},
"Close")),this.arrange=h("button",{type:"button",class:"ame-quiet",title:"Choose where each panel is","data-testid":"arr\
ange-panels",onclick:()=>this.choose()},"Arrange"),this.present=h("button",{type:"button",class:"ame-quiet",title:"Fill \
the browser, and back (P)","aria-pressed":"false","data-testid":"present",onclick:()=>this.toggle()},"Present"),this.onResize=
()=>this.fit(),window.addEventListener("resize",this.onResize),this.outer=new ResizeObserver(this.onResize),this.scroller=
null}close(){window.removeEventListener("resize",this.onResize),this.outer.disconnect()}get arrangement(){let t=this.lab.
client.model.get("arrangement");return{left:[],below:[],right:[],...t}}get opened(){return this.lab.client.model.get("op\
ened")??{}}tabs(t){let e=t.show&&new Set(t.show),s=d=>d in this.panels&&!this.lab.hides(d)&&(e===null||e.has(d))&&(this.
panels[d].there?.(t)??!0),{left:i,below:a,right:o}=this.arrangement,{wide:r,slim:l}=this,c=["predict","exercise"].filter(
d=>l&&i.includes(d)),p=l?i.filter(d=>!c.includes(d)):[];return{left:l?[]:i.filter(s),below:[...c,...a,...p,...r?[]:o].filter(
s),right:r?o.filter(s):[]}}draw(t){let e=this.tabs(t);for(let s of Object.keys(e)){let i=e[s],a=this.openOf(s,i);this.docks[s].
show(i,a),A(this.docks[s].el,i.length>0),a&&this.panels[a].draw(t)}}openOf(t,e){let s=this.opened[t];return s&&e.includes(
s)?s:e[0]}isOpen(t){return Object.values(this.docks).some(e=>e.tabs.get(t)?.body.hidden===!1&&!e.el.hidden)}open(t){let e=Object.
keys(this.docks).find(s=>this.docks[s].tabs.has(t));e&&(this.keep("opened",{...this.opened,[e]:t}),this.lab.draw(this.lab.
frame))}keep(t,e){let{model:s}=this.lab.client;s.set(t,e);try{s.save_changes()}catch{}}choose(){this.write(),this.dialog.
showModal()}write(){let{lab:{frame:t},arrangement:e}=this,s=Object.keys(this.panels).filter(i=>!this.lab.hides(i)&&(!t.show||
t.show.includes(i))&&(this.panels[i].there?.(t)??!0));this.form.replaceChildren(...s.map(i=>{let a=Object.keys(de).find(
r=>e[r].includes(i))??"",o=h("select",{"data-testid":`place-${i}`,onchange:()=>this.move(i,o.value)},Object.entries({...de,
"":"Hidden"}).map(([r,l])=>h("option",{value:r},l)));return o.value=a,h("label",{},h("span",{},this.titles[i]??i),o)}))}move(t,e){
let{arrangement:s}=this,i=o=>s[o].filter(r=>r!==t),a={left:i("left"),below:i("below"),right:i("right")};e&&a[e].push(t),
this.keep("arrangement",a),this.lab.again()}fit(){let{el:t}=this.lab;if(!t.isConnected)return;this.watch();let e=t.classList.
contains("ame-presented"),s=e?[window.innerWidth,window.innerHeight]:[0,Math.min(this.scroller?.clientHeight??1/0,window.
innerHeight)],i=e?Math.max(1,Math.min(s[0]/as[0],s[1]/as[1])):1;(e||this.zoom!==1)&&Oe(i),this.zoom=i,t.style.zoom=i===1?
"":i.toFixed(3);let a=e?s[0]/i:t.clientWidth,o=e?s[1]/i:Math.max(di,Math.min(pi,s[1]-ui));this.wide=a>=oi,this.slim=a<ri;
let r=!e&&a<hi?"narrow":this.wide?"wide":"one";t.dataset.shape!==r&&(t.dataset.shape=r),t.classList.toggle("ame-low",o<li),
t.classList.toggle("ame-tiny",o<ci),t.classList.toggle("ame-slim",r==="one"&&this.slim),t.style.setProperty("--ame-heigh\
t",`${Math.round(o)}px`)}watch(){let t=this.lab.el.parentNode,e=null;for(;t&&t!==document.body;)t instanceof Element&&fi(
t)&&(e=t),t=t instanceof ShadowRoot?t.host:t.parentNode;e!==this.scroller&&(this.outer.disconnect(),this.scroller=e,e&&this.
outer.observe(e))}toggle(){let{el:t}=this.lab,e=!t.classList.contains("ame-presented");t.classList.toggle("ame-presented",
e),e?(t.setAttribute("popover","manual"),t.showPopover?.()):(t.hidePopover?.(),t.removeAttribute("popover")),this.present.
setAttribute("aria-pressed",String(e)),v(this.present,e?"Leave":"Present"),this.lab.again(),this.present.focus({preventScroll:!0})}};
function fi(n){let{overflowY:t}=getComputedStyle(n);return t==="auto"||t==="scroll"}var W=({k:n,x0:t,y0:e},s,i)=>[s*n+t,e-i*n],rs=({k:n,x0:t,y0:e},s,i)=>[(s-t)/n,(e-i)/n];function hs({x:n,y:t,w:e,h:s},{width:i,
height:a}){let o=Math.min(i/e,a/s);return{k:o,x0:i/2-n*o,y0:a/2+t*o}}function ls(n,{k:t,x0:e,y0:s},i,a,o=12){let r=o*o,l=null;
for(let c=0;c<n.length/2;c++){let p=n[2*c]*t+e-i,d=s-n[2*c+1]*t-a,u=p*p+d*d;u<r&&([r,l]=[u,c])}return l}function cs(n,t,e){
let s=!1;for(let i=0,a=n.length-1;i<n.length;a=i++){let[o,r]=n[i],[l,c]=n[a];r>e!=c>e&&t<(l-o)*(e-r)/(c-r)+o&&(s=!s)}return s}
function ds(n){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let a of n)for(let o=0;o<a.length;o+=2){let r=a[o],l=a[o+1];r<t&&(t=
r),r>e&&(e=r),l<s&&(s=l),l>i&&(i=l)}return t<e?[t,e,s,i]:null}var ns=18,os=16,mi=200;function st(n,t,e=[]){return e.push(
...n.map(({x:s,y:i,side:a=ns})=>[s-a/2,i-a/2,a,a])),n.map(({x:s,y:i,width:a,side:o=ns})=>{let r=o/2,l=[[r+3,0],[-r-3-a,0],
[-a/2,-r-8],[-a/2,r+8]];if(n.length<=mi){for(let d of[r+3,-r-3-a])l.push([d,-r-4],[d,r+4]);for(let d of[-r,r-a])l.push([
d,-r-8],[d,r+8])}let c=([d,u])=>[s+d-2,i+u-os/2,a+4,os],p=l.find(d=>{let[u,f,m,b]=c(d);return u>0&&f>0&&u+m<t.width&&f+b<
t.height&&!e.some(g=>u<g[0]+g[2]&&g[0]<u+m&&f<g[1]+g[3]&&g[1]<f+b)});return p&&e.push(c(p)),p??null})}var gi=2e3,bi=[8,10,12,14,17,20,24,29,34,40,48],wi=1.3,yi=28,ki=1<<23,vi=16;function ps({width:n,height:t},e,s,i){if(s>gi||
!(i>0))return 0;let a=Math.min(yi,wi*Math.sqrt(n*t/Math.max(1,e)))*Math.sqrt(i);return bi.findLast(o=>o<=a)??0}function us(n,{
k:t,x0:e,y0:s},{width:i,height:a}){let o=0;for(let r=0;r<n.length;r+=2){let l=n[r]*t+e,c=s-n[r+1]*t;l>=0&&c>=0&&l<=i&&c<=
a&&o++}return o}function ue(n,t,e,s,i,a,o,r=32){let{side:l}=s,c=Math.round(a-l/2),p=Math.round(o-l/2),[d,u]=[Math.max(0,
-c),Math.min(l,t-c)],[f,m]=[Math.max(0,-p),Math.min(l,e-p)],b=Math.floor(i/s.columns)*l*s.width+i%s.columns*l;for(let g=f;g<
m;g++){let y=b+g*s.width,k=(p+g)*t+c;for(let E=d;E<u;E++){let x=s.pixels[y+E],O=x>>>24===255?r:((x>>>24)*r+127)/255|0;if(O===
32)n[k+E]=x;else if(O){let I=n[k+E],M=(I&16711935)*(32-O)+(x&16711935)*O>>>5&16711935,w=(I&65280)*(32-O)+(x&65280)*O>>>5&
65280;n[k+E]=4278190080|M|w}}}}function pe(n,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(n.filled?.16:.5)),i}var it=class n{constructor(t,{
count:e,columns:s,width:i,height:a}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=a}static async load(t){
let e=t.file;return new n(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw(C(t),e,0,0,this.width,this.height)}draw(t,e,s,i,a,o){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=vi,t.imageSmoothingQuality="high";let[r,l]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,r,l,this.width,this.height,s,i,a,o)}tile(t,e,s,i,a,o,r){let l=s.halo?r:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(pe(s,i,a,o))),t.fillStyle=s.color,t.fill(pe(s,i+l,a+l,o-2*l));let c=l+r;t.clip(pe(s,i+c,a+c,o-2*c)),this.draw(
t,e,i+c,a+c,o-2*c,o-2*c),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(ki/(this.columns*Math.ceil(this.count/this.
columns)))),a=Math.max(1,Math.min(t,i)),o=document.createElement("canvas");o.width=a*this.columns,o.height=a*Math.ceil(this.
count/this.columns);let r=C(o,{willReadFrequently:!0});for(let c=0;c<this.count;c++)this.tile(r,c,e(c),c%this.columns*a,
Math.floor(c/this.columns)*a,a,s);let{data:l}=r.getImageData(0,0,o.width,o.height);return{side:a,columns:this.columns,width:o.
width,pixels:new Uint32Array(l.buffer)}}};var xi=180,Mi=24,Si=80,$i=20,Ai=5,Pt=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=h("canvas",{class:"ame\
-points","aria-hidden":"true"}),this.over=h("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`ma\
nifold-${e}`}),this.swatch=h("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=h("span",{class:"ame-name"}),this.
figures=h("p",{class:"ame-muted ame-figures"}),this.tip=h("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`\
tip-${e}`}),this.thumb=h("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=h("div",{}),this.tip.append(this.
thumb,this.tipText),this.el=h("div",{class:"ame-pane"},h("div",{class:"ame-pane-head"},h("h4",{},this.swatch,this.title),
this.figures),h("div",{class:"ame-stage"},this.canvas,this.over,this.tip)),this.blank=!0,this.starsDrawn=[],this.covered=
[],this.shown=null,this.pixels=new mt(this.canvas,{alpha:!1}),this.lasso=null,this.drag=null,Ie(this.over,this),this.over.
addEventListener("pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null))}draw(t,e,s){let i=t[t.length-1],a=F(
this.canvas);if(F(this.over),!this.canvas.width||!this.canvas.height)return;let o=hs(s,a),r={arm:i,arms:t,scene:e,size:a,
place:o,side:this.owner.sideFor(a,o,i.manifold?.points??[])};this.shown=r,this.over.dataset.points=r.side?"images":"dots",
this.head(i,t,e),gt(()=>{this.paint(r),this.owner.lab.probe.paintOn(this)}),this.owner.lab.oneStep.paintOn(this)}paint(t){
let{arm:e,arms:s,scene:i,size:a,place:o,side:r}=t,{k:l,x0:c,y0:p}=o,{ink:d,pictures:u}=this.owner.lab,{width:f,height:m}=this.
canvas,b=this.pixels.clear(d.paper32),g=a.scale,y=e.manifold?.points??[],k=s.length>1?0:y.length/2,E=g*Math.max(2,Math.min(
5.2,Math.round(3*Math.sqrt(a.width*a.height/Math.max(1,i.ids.length)))/10));s.length>1&&this.stampArms(t,E);let x=this.owner.
spritesFor(i,E),{labels:O,ids:I}=i,M=this.owner.selected,w=M.size>0,S=l*g,$=c*g,N=p*g,B=w?x.dim:x.plain,z=r?this.owner.sheetsFor(
i,r,g,w):null,G=z?Math.min(k,u?.count??0):0;for(let R=G;R<k;R++)St(b,f,m,B[O[R]],y[2*R]*S+$,N-y[2*R+1]*S);if(z)for(let R=0;R<
G;R++)ue(b,f,m,z.plain,R,y[2*R]*S+$,N-y[2*R+1]*S,w?Ai:32);if(w)for(let R=0;R<k;R++){if(!M.has(I[R]))continue;let[xe,Me]=[
y[2*R]*S+$,N-y[2*R+1]*S];z?.strong&&R<G?ue(b,f,m,z.strong,R,xe,Me):St(b,f,m,x.strong[O[R]],xe,Me)}if(this.pixels.show(),
this.starsDrawn=this.covered=[],!e.manifold)return;let{context:H}=this.pixels;H.save(),H.scale(g,g),H.textBaseline="midd\
le",H.lineJoin="round";let Ks=this.stars(H,e.manifold.anchors,t);G&&this.owner.lab.frame.state!=="playing"&&this.captions(
H,t,G,Ks),H.restore()}stampArms({arms:t,scene:e,size:s,place:i},a){let{width:o,height:r}=this.canvas,{owner:l}=this,c=l.
armSpritesFor(a),p=s.scale,d=l.selected.size>0,u=Math.max(...t.map(({manifold:f})=>(f?.points.length??0)/2));for(let f of d?
[!1,!0]:[!1])for(let m=0;m<u;m++)f&&!l.selected.has(e.ids[m])||t.forEach(({manifold:b},g)=>{if(!b||2*m>=b.points.length)
return;let y=f?c.strong:d?c.dim:c.plain;St(this.pixels.all,o,r,y[g],(b.points[2*m]*i.k+i.x0)*p,(i.y0-b.points[2*m+1]*i.k)*
p)})}stars(t,e,{scene:s,size:i,place:a}){let{ink:o}=this.owner.lab,r=[],l=i.height<xi;t.font=`600 ${l?12:13}px ${o.font}`;
let c=l?4.5:e.length>2*Mi?6:i.width<380?7.5:9,p=Array.from({length:e.length/2},(f,m)=>{let[b,g]=W(a,e[2*m],e[2*m+1]),y=s.
short[m]??String(m),k=this.owner.mark(s,m);return D(t,{...k,shape:"star",filled:!0,halo:o.text},b,g,c),D(t,{...k,shape:"\
star",halo:null,inside:o.card},b,g,k.filled?c:.86*c),{text:y,x:b,y:g,width:t.measureText(y).width,side:2.3*c,spot:null}}),
d=p.filter(({x:f,y:m})=>f>=-20&&m>=-20&&f<=i.width+20&&m<=i.height+20),u=st(d,i,r);return d.forEach((f,m)=>f.spot=u[m]),
ae(t,d,u,o.text,o.card),this.starsDrawn=p,this.covered=[...r],r}captions(t,{arm:e,scene:s,size:i,place:a,side:o},r,l){let{
ink:c}=this.owner.lab,p=e.manifold?.points??[],d=[];for(let f=0;f<r&&o>=$i&&s.captions.length;f++){let[m,b]=W(a,p[2*f],p[2*
f+1]);m>=0&&b>=0&&m<=i.width&&b<=i.height&&d.push({i:f,x:m,y:b,side:o})}if(!d.length||d.length>Si)return;t.font=`12px ${c.
font}`;let u=d.map(({i:f,...m})=>({...m,text:s.captions[f],width:t.measureText(s.captions[f]).width}));ae(t,u,st(u,i,l),
c.muted,c.card)}head(t,e,s){let i=e.length>1;this.swatch.hidden=i,this.swatch.style.background=L(j(this.owner.arms,this.
index)),v(this.title,i?e.map(({name:p})=>p).join(" and "):t.name),this.title.title=e.map(({label:p})=>p).join("; ");let a=t.
manifold?.prediction,{labels:o}=s,r=a&&a.length<o.length?` of these ${a.length}`:"",l=a?.length?`${fs(t,s)} right${r} am\
ong all ${s.class_names.length} classes`:"";i&&(l=e.map(p=>`${p.name} ${fs(p,s)}`).join(", ")),v(this.figures,t.error?`s\
topped: ${t.error}`:l);let c=`Shared manifold of ${i?e.map(({name:p})=>p).join(" and "):t.name} at step ${t.manifold?.step??
t.step}. ${l}. Arrow keys move the view, plus and minus zoom, 0 shows everything, N and B go from image to image, Enter \
selects, Escape clears, I shows images or dots.`;this.over.getAttribute("aria-label")!==c&&this.over.setAttribute("aria-\
label",c)}under(t){let e=this.shown?.arm.manifold?.points;if(!this.shown||!e)return null;let{arms:s,place:i,side:a}=this.
shown;for(let o of[...s].reverse()){let r=o.manifold&&ls(o.manifold.points,i,t.offsetX,t.offsetY,Math.max(12,.7*a));if(r!==
null)return r}return null}overlay(t,e){if(!this.shown)return;let{arm:s,arms:i,scene:a,size:o,place:r,side:l}=this.shown,
{width:c,height:p,scale:d}=o,{ink:u,pictures:f}=this.owner.lab,m=C(this.over),{manifold:b}=s,g=t===null||!b||2*t>=b.points.
length;if((!this.blank||!g||this.lasso)&&(m.setTransform(d,0,0,d,0,0),m.clearRect(0,0,c,p)),this.blank=g&&!this.lasso,Ce(
m,this.lasso,u),g){this.tip.hidden=!0;return}let{points:y,anchors:k}=b,[E,x]=W(r,y[2*t],y[2*t+1]);for(let[w,S]of i.entries()){
if(S===s||!S.manifold||2*t>=S.manifold.points.length)continue;let $=W(r,S.manifold.points[2*t],S.manifold.points[2*t+1]);
m.strokeStyle=L(j(i,w)),m.lineWidth=2,m.beginPath(),m.moveTo(E,x),m.lineTo(...$),m.stroke(),D(m,{...this.owner.armMark(w),
halo:u.text},...$,6)}let O=a.labels[t],I=l>0&&f!==null&&t<f.count?Math.max(32,1.5*l):0;if(I&&(m.globalAlpha=.5,m.fillStyle=
u.card,m.fillRect(0,0,c,p),m.globalAlpha=1),m.strokeStyle=u.text,2*O<k.length){let w=W(r,k[2*O],k[2*O+1]);m.setLineDash(
[3,3]),m.lineWidth=1.5,m.beginPath(),m.moveTo(E,x),m.lineTo(...w),m.stroke(),m.setLineDash([]),I&&D(m,{...this.owner.mark(
a,O),shape:"star",filled:!0,halo:u.text},...w,9)}if(I&&f?f.tile(m,t,{...this.owner.mark(a,O),halo:u.text},E-I/2,x-I/2,I,
2):(m.beginPath(),m.arc(E,x,9,0,2*Math.PI),m.lineWidth=2.5,m.stroke()),!e){this.tip.hidden=!0;return}let M=this.owner.describe(
a,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(h("strong",{},M.caption||M.label),h("div",{},`class ${M.label} · \
image ${M.id}`),h("div",{class:vt(M)},kt({...M,predicted:`answer: ${M.predicted}`})),h("div",{},et("predictive_entropy",
M.entropy))),A(this.thumb,this.owner.lab.thumbnail(this.thumb,t)),Pe(this.tip,[E,x],o)}down(t){if(t.button!==0||!this.shown)
return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||t.shiftKey&&t.altKey;this.drag={x:t.offsetX,
y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;
if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?
(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.
place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),!e||!i)return;let a=this.under(t);e.far?s&&
this.owner.select(this.within(i,s),e.add):a!==null?this.owner.select([i.scene.ids[a]],e.add):this.owner.selected.size&&this.
owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({arms:t,scene:e,place:s},i){let a=new Set;
for(let{manifold:o}of t)for(let r=0;o&&r<o.points.length/2;r++)cs(i,...W(s,o.points[2*r],o.points[2*r+1]))&&a.add(e.ids[r]);
return[...a]}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.deltaY*.002),
rs(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||t.altKey)
return;let{arm:i,scene:a}=s,o=a.ids.length,l={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.key],c=t.
key.toLowerCase();if(l)e.view.x+=.1*e.view.w*l[0],e.view.y+=.1*e.view.h*l[1],e.redraw();else if(c==="+"||c==="=")e.zoom(
.8);else if(c==="-")e.zoom(1.25);else if(c==="0")e.fit();else if(c==="n"||c==="b"){let p=((e.at??(c==="n"?-1:0))+(c==="n"?
1:-1)+o)%o;e.at=p,e.hover(p,this);let d=e.describe(a,p,i);e.lab.say(`Image ${d.id}: class ${d.label}, answer ${d.predicted}\
, ${et("predictive_entropy",d.entropy)}.`)}else if(c==="i")e.toggleImages();else if(c==="o")e.toggleOverlay();else if(c===
"enter"&&e.at!==null)e.select([a.ids[e.at]],!0);else if(c==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};
function fs({manifold:n},{labels:t}){let e=n?.prediction;if(!e?.length)return"–";let s=0;for(let i=0;i<e.length;i++)s+=
+(e[i]===t[i]);return`${Math.round(100*s/e.length)} %`}var ms=1.04,Ti=24,Ei=10,gs=([n,t,e,s])=>({x:(n+t)/2,y:(e+s)/2,w:ms*(t-n||1),h:ms*(s-e||1)}),Lt=class{constructor(t){this.
lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,this.
sprites=null,this.sheets=null,this.overlaid=!1,this.armSprites=null,this.legend=h("ul",{class:"ame-legend","aria-label":"\
Classes: colour and shape; filled marks are base classes, open ones new"});let e=(i,a,o)=>h("button",{class:"ame-quiet",
type:"button","aria-pressed":String(this.tool===i),"data-tool":i,title:a,"aria-label":a,onclick:()=>this.setTool(i)},o);
this.tools=[e("lasso","Drag selects with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,a,o)=>h("but\
ton",{class:"ame-quiet",type:"button",title:i,"aria-label":i,onclick:o},a);this.images=h("button",{class:"ame-quiet",type:"\
button",hidden:!0,title:"Draw points as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Image\
s"),this.overlay=h("button",{class:"ame-quiet",type:"button",hidden:!0,"aria-pressed":"false",title:"All students in one\
 map, each in its own colour and shape (O)","data-testid":"overlay",onclick:()=>this.toggleOverlay()},"Overlay"),this.table=
At("manifold","Shared manifold",()=>this.rows()),this.note="",this.row=h("div",{class:"ame-panes"}),this.footnote=h("p",
{class:"ame-muted"}),this.el=h("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"mani\
fold"},h("header",{},h("h3",{},"Shared manifold"),h("span",{class:"ame-push"}),this.overlay,this.images,h("div",{class:"\
ame-group",role:"group","aria-label":"What dragging does"},this.tools),h("div",{class:"ame-group",role:"group","aria-lab\
el":"Zoom"},s("Zoom out","−",()=>this.zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit what is drawn now; again: \
the full range of the axes","Fit",()=>this.fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){
this.tool=t;for(let e of this.tools)e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.
over.style.cursor=t==="move"?"grab":"crosshair"}scene(t){this.home=t.extent&&gs(t.extent),this.view=this.home&&{...this.
home},this.forget(),this.at=null,this.home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=this.
armSprites=null}get asImages(){let{lab:{client:t,pictures:e,scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.
show_images)}toggleOverlay(){this.arms.length<2||(this.overlaid=!this.overlaid,this.lab.say(this.overlaid?`One map: ${this.
arms.map(({name:t})=>t).join(" and ")}, each in its own colour and shape.`:"A map for each student."),this.lab.draw(this.
lab.frame),this.lab.scene&&this.legendOf(this.lab.scene))}toggleImages(){if(!this.lab.pictures)return;let{model:t}=this.
lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points are images.":"P\
oints are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:a}}=this;if(!this.asImages||!i||!a||this.overlaid)
return 0;let o=e.k/Math.min(t.width/i.w,t.height/i.h);return ps(t,a.ids.length,us(s,e,t),o)}sheetsFor(t,e,s,i){let{ink:a,
pictures:o}=this.lab;if(!o)return null;let r=Math.round(e*s),l=Math.max(1,Math.round(s*(e<20?1.25:1.75))),c=p=>d=>({...this.
mark(t,t.labels[d]),halo:p});return this.sheets?.side!==r&&(this.sheets={side:r,plain:o.sheet(r,c(null),l),strong:null}),
i&&(this.sheets.strong??=o.sheet(Math.round(r*1.25),c(a.text),l)),this.sheets}legendOf(t){if(this.overlaid){this.legend.
replaceChildren(...this.arms.map(({name:i},a)=>{let o=h("canvas",{width:28,height:28,"aria-hidden":"true"});return D(C(o),
this.armMark(a),14,14,8.5),h("li",{},o,i)}));return}let e=new Set(t.labels),s=t.short.map((i,a)=>({name:i,c:a})).filter(
({c:i})=>i<Ti&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:a})=>{let o=h("canvas",{width:28,height:28,
"aria-hidden":"true"}),r=this.mark(t,a),l={...r,shape:r.filled?"square":"circle",filled:!1};return D(C(o),this.asImages?
l:r,14,14,8.5),h("li",{},o,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:je(e),color:t.colors[e]??i.text,filled:t.
base?!!t.base[e]:!0,halo:s?i.card:null}}armMark(t){return{shape:tt(t),color:L(j(this.arms,t)),filled:!0,halo:this.lab.ink.
card}}shape({w:t,h:e}){this.row.style.setProperty("--ame-aspect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){
let t=ds(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:[]));return t&&gs(t)}fit(){let t=this.frameExtent();if(!t)
return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:
t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.
redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),this.home||(this.home=this.frameExtent(),this.view=
this.home&&{...this.home},this.home&&this.shape(this.home));let e=this.lab.scene?.ids.length??0,s=Math.min(...this.arms.
map(({manifold:o})=>(o?.points.length??0)/2)),i=e.toLocaleString("en");this.note=e?s>0&&s<e?`${s} of ${i} images while i\
t trains`:`${i} images`:"",this.arms.length<2&&(this.overlaid=!1),A(this.overlay,this.arms.length>1),this.overlay.setAttribute(
"aria-pressed",String(this.overlaid));let a=this.overlaid?1:this.arms.length;for(this.row.dataset.arms=String(a);this.panes.
length>a;)this.panes.pop()?.el.remove();for(;this.panes.length<a;){let o=new Pt(this,this.panes.length);this.panes.push(
o),this.row.append(o.el)}this.redraw(),this.table.update()}redraw(){let{view:t,lab:{scene:e}}=this;if(!(!t||!e)){for(let[
s,i]of this.panes.entries())i.draw(this.overlaid?this.arms:[this.arms[s]],e,t);this.explain(e),this.hover()}}explain(t){
let{asImages:e,lab:{frame:{explained:s}}}=this,i=e&&!this.overlaid&&this.panes.some(({shown:l})=>l?.side===0);this.images.
getAttribute("aria-pressed")!==String(e)&&(this.images.setAttribute("aria-pressed",String(e)),this.legendOf(t)),A(this.images,
!!t.thumbnails&&!this.overlaid),A(this.legend,this.overlaid||!e||t.short.length<=Ei);let a=this.overlaid?"colour and sha\
pe: the student":t.base?e&&!i?"square: base class, round: new class":"filled: base class, open: new class":"",{sampled:o}=t,
r=[this.note&&i?`${this.note}, as dots until you zoom in`:this.note,o&&`scores: of ${o}`,"★ class text",a,s&&`axes: ${s}`];
v(this.footnote,r.filter(Boolean).join(" · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.
redraw()}spritesFor(t,e){if(this.sprites?.radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,a=Math.max(1,t.short.
length),o=(l,c)=>Array.from({length:a},(p,d)=>Mt({...this.mark(t,d,i),...l},e,c)),r=Array.from({length:a},(l,c)=>Mt({...this.
mark(t,c),halo:s.text,inside:s.card,edge:.4},e*1.2));return this.sprites={radius:e,plain:o({},i?.95:.8),dim:o({halo:null},
.16),strong:r},this.sprites}armSpritesFor(t){if(this.armSprites?.radius===t&&this.armSprites.plain.length===this.arms.length)
return this.armSprites;let{ink:e}=this.lab,s=(i,a,o=1)=>this.arms.map((r,l)=>Mt({...this.armMark(l),...i},o*t,a));return this.
armSprites={radius:t,plain:s({halo:t>4?e.card:null},.75),dim:s({halo:null},.14),strong:s({halo:e.text,edge:.4},1,1.2)},this.
armSprites}select(t,e=!1){let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.lab.command("sel\
ect",{ids:s}),this.redraw()}hover(t=this.at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&s===this.panes[0])}describe(t,e,s){
let i=t.labels[e],a=s?.manifold?.prediction[e],o=r=>t.short[r]??"–";return{id:t.ids[e],caption:t.captions[e]??t.class_names[i]??
"",label:o(i),predicted:a===void 0?"–":o(a),right:a===void 0?null:a===i,entropy:s?.manifold?.entropy[e]}}rows(){let{scene:t}=this.
lab,e=[];if(t){let s=[...t.ids.keys()],i=a=>Number(this.selected.has(t.ids[a]));this.selected.size&&s.sort((a,o)=>i(o)-i(
a));for(let a of this.arms)for(let o of s.slice(0,Math.ceil(200/this.arms.length))){let{id:r,label:l,predicted:c,entropy:p}=this.
describe(t,o,a),d=a.manifold?.points;e.push([a.name,r,l,c,p,d?.[2*o],d?.[2*o+1]])}}return{columns:["arm","id","class","a\
nswer",$t("predictive_entropy"),"axis 1","axis 2"],rows:e}}};var J=11;function Oi(n,t,e,s){let i=[...n],a=n[t];for(let o=t;o!==e;o+=Math.sign(e-t))i[o]=a+(s-a)*(o-t)/(e-t);return i[e]=
s,i}var Nt=class{constructor(t,{term:e,low:s,high:i},a,o,r){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=o,
this.report=r,this.values=a,this.cursor=0,this.last=null,this.canvas=h("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${_[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=h("div",{},this.canvas);let l=c=>!o&&c.buttons&&this.put(c.offsetX/this.canvas.clientWidth,
1-c.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",c=>{this.canvas.setPointerCapture(c.pointerId),
this.last=null,l(c)}),this.canvas.addEventListener("pointermove",l),this.canvas.addEventListener("keydown",c=>this.key(c))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(J-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
Oi(this.values??new Array(J).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(J-1,this.cursor+e));else{let i=this.values??new Array(J).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(J-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${J}: ${q(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=F(this.canvas);if(!e)return;let{ink:a}=this.lab,o=C(this.canvas);o.setTransform(i,0,0,i,0,
0),o.fillStyle=a.soft,o.fillRect(0,0,e,s);let r=l=>s-s*(l-this.low)/(this.high-this.low);o.font=`11px ${a.font}`,o.fillStyle=
a.muted,o.fillText(q(this.high),3,12),o.fillText(q(this.low),3,s-4),this.values?(o.strokeStyle=a.text,o.lineWidth=2,o.setLineDash(
[4,3]),o.beginPath(),this.values.forEach((l,c)=>o[c?"lineTo":"moveTo"](e*c/(J-1),r(l))),o.stroke(),o.setLineDash([])):o.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((l,c)=>{let p=l.series[this.term];if(p){o.strokeStyle=L(
c),o.beginPath();for(let d=0;d<p.x.length;d++)o[d?"lineTo":"moveTo"](e*p.x[d]/(t.steps||1),r(p.y[d]));o.stroke()}}),document.
activeElement===this.canvas&&(o.fillStyle=a.accent,o.fillRect(e*this.cursor/(J-1)-1,0,2,s))}};var bs=.4,Dt={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"Broken"}},ws=[{level:"ok",
text:"Nothing to report yet.",sensitivity:"",advice:""}],Rt=class{constructor(){this.shown=new P,this.list=h("ul",{class:"\
ame-findings","data-testid":"diagnosis"}),this.el=h("section",{class:"ame-card","aria-label":"Diagnosis"},h("header",{},
h("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){if(!this.shown.isNew(t))return;let e=t.length?t:ws;this.list.replaceChildren(
...e.map(({level:s,text:i,sensitivity:a,advice:o})=>h("li",{"data-level":s},h("b",{"aria-hidden":"true"},Dt[s].sign),h("\
div",{},h("p",{},h("span",{class:"ame-hidden"},`${Dt[s].name}: `),i),o&&h("p",{class:"ame-try"},h("b",{},"Try: "),o),a&&
h("p",{class:"ame-muted"},a)))))}},_t=class{constructor(t){this.shown=new P,this.sign=h("b",{"aria-hidden":"true"}),this.
text=h("span",{class:"ame-first"}),this.more=h("span",{class:"ame-more"}),this.el=h("button",{type:"button",class:"ame-f\
inding","data-testid":"first-finding",title:"Open the diagnosis",onclick:t},this.sign,this.text,this.more)}draw({diagnosis:t},e){
if(A(this.el,e),!e||!this.shown.isNew(t))return;let[s]=t.length?t:ws;this.el.dataset.level=s.level,v(this.sign,Dt[s.level].
sign),this.text.replaceChildren(h("span",{class:"ame-hidden"},`Diagnosis, ${Dt[s.level].name}: `),s.text);let i=t.length-
1;v(this.more,i>0?`+ ${i} more`:"more")}},Bt=class{constructor(){this.shape=new P,this.drawnAt=0,this.table=h("table",{"\
data-testid":"delta"}),this.body=h("tbody",{}),this.el=h("section",{class:"ame-card","aria-label":"What the last step ch\
anged"},h("header",{},h("h3",{},"What the last step changed")),h("div",{class:"ame-delta",tabindex:"0",role:"region","ar\
ia-label":"Delta table"},this.table))}draw(t){if(t.state==="playing"&&T()-this.drawnAt<bs)return;this.drawnAt=T();let{columns:e,
rows:s}=t.delta;this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=h("tbody",{},s.map(i=>i.length===1?h("tr",{class:"a\
me-since"},h("th",{scope:"rowgroup",colspan:e.length})):h("tr",{},e.map((a,o)=>o?h("td",{},h("b",{}),h("small",{})):h("t\
h",{scope:"row"}))))),this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.
length)),this.table.replaceChildren(h("thead",{},h("tr",{},e.map(i=>h("th",{scope:"col",title:i||null},i||h("span",{class:"\
ame-hidden"},"quantity"))))),this.body)),s.forEach((i,a)=>i.forEach((o,r)=>{let l=this.body.children[a].children[r],c=typeof o==
"string"?{value:o,trend:null,by:""}:o;if(!r)return v(l,c.value);let[p,d]=l.children;v(p,c.value),v(d,c.trend===null?"":c.
trend==="same"?"= same":`${c.trend==="up"?"▲ +":"▼ −"}${c.by}`)}))}},Ft=class{constructor(t){this.lab=t,this.shape=
new P,this.questions=[],this.answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=h("div",{}),this.
commit=h("button",{type:"submit",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=
h("p",{class:"ame-muted",role:"status"}),this.el=h("section",{class:"ame-card ame-predict","aria-label":"Predict, then r\
un"},h("header",{},h("h3",{},"Predict, then run")),h("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){
t.preventDefault(),this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){
return this.questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.
lab.frame.prediction?.waiting,e=this.tried?this.missing():[];v(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).
join(" ")}`:"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}there({prediction:t}){
return t!==null}draw(t){let{prediction:e}=t;if(!e)return;let{questions:s,answers:i,outcome:a,waiting:o}=e;this.shape.isNew(
[s,o])&&(this.questions=s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(
...s.map(r=>this.question(r,!o)))),A(this.commit,o),this.tell();for(let[r,l]of this.outcomes){let c=a[r];if(A(l,!!c),!c)
continue;let{text:p,right:d}=c;l.className=`ame-outcome ${d===!0?"ame-right":d===!1?"ame-wrong":""}`,v(l,`${d===!0?"✓ ":
d===!1?"✗ ":""}${p}`)}for(let r of this.sketches)r.draw(t)}question({id:t,text:e,options:s,sketch:i},a){let o=h("p",{class:"\
ame-outcome",hidden:!0});this.outcomes.set(t,o);let r=this.answers[t];if(i){let c=new Nt(this.lab,i,Array.isArray(r)?[...r]:
null,a,p=>this.answer(t,p));return this.sketches.push(c),h("fieldset",{"data-testid":`predict-${t}`},h("legend",{},e),c.
el,o)}let l=X();return h("fieldset",{disabled:a,"data-testid":`predict-${t}`},h("legend",{},e),h("div",{class:"ame-optio\
ns"},(s??[]).map(c=>h("label",{},h("input",{type:"radio",name:l,value:c,checked:r===c,onchange:()=>this.answer(t,c)}),` ${c}`))),
o)}},Ii=40,qt=class{constructor(t){this.lab=t,this.listed=new P,this.drawnAt=0,this.count=h("span",{class:"ame-muted"}),
this.whose=h("span",{class:"ame-muted","data-testid":"selection-arm"}),this.clear=h("button",{type:"button",class:"ame-q\
uiet","data-testid":"clear-selection",onclick:()=>t.command("select",{ids:[]})},"Clear"),this.body=h("tbody",{}),this.hint=
h("p",{class:"ame-muted"},"Draw a lasso around points, or click one. In Python: .selection of this lab is a table of the\
m."),this.scroll=h("div",{class:"ame-scroll",hidden:!0,tabindex:"0",role:"region","aria-label":"Selected images"},h("tab\
le",{"data-testid":"selection"},h("thead",{},h("tr",{},["","id","class","answer","entropy"].map(e=>h("th",{scope:"col"},
e||h("span",{class:"ame-hidden"},"picture"))))),this.body)),this.el=h("section",{class:"ame-card","aria-label":"Selectio\
n"},h("header",{},h("h3",{},"Selection"),this.count,this.whose,h("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){
let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state==="playing"&&i.length&&T()-this.drawnAt<bs)return;this.drawnAt=T(),
A(this.hint,!i.length),A(this.scroll,i.length>0),A(this.clear,i.length>0),v(this.count,i.length?`${i.length} image${i.length>
1?"s":""}`:"");let a=s?i.slice(0,Ii).flatMap(r=>e.rowOf.get(r)??[]):[],o=t.arms.at(-1);v(this.whose,o&&t.arms.length>1&&
a.length?`answers of ${o.name}`:""),this.listed.isNew([e.scenes,a])&&this.body.replaceChildren(...a.map(r=>{let l=h("can\
vas",{class:"ame-thumb-small","aria-hidden":"true"});return e.thumbnail(l,r),h("tr",{},h("td",{},l),h("td",{}),h("td",{}),
h("td",{}),h("td",{}))})),s&&a.forEach((r,l)=>{let c=e.manifold.describe(s,r,o),[,p,d,u,f]=this.body.children[l].children;
v(p,String(c.id)),v(d,c.label),v(u,kt(c)),u.className=vt(c),v(f,q(c.entropy))})}};function Ci(n){let t=n.trim();return t.
match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var jt=class{constructor(t){this.lab=t,this.names=new P,this.arm=h("select",
{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.token=h("input",{type:"text",readonly:!0,"data-\
testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.token.select()}),this.copy=h("button",{type:"\
button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put(this.token,this.copy)},"Copy the run"),this.
whole=h("input",{type:"text",readonly:!0,placeholder:"lab1:…","data-testid":"lab-token","aria-label":"The whole lab as\
 one token",onfocus:()=>this.whole.select()}),this.share=h("button",{type:"button",class:"ame-button",title:"All arms wi\
th their steering, the arrangement, what is locked, and the kept probes","data-testid":"copy-lab",onclick:()=>this.ask()},
"Copy the lab"),this.sharing=!1,this.given=h("input",{type:"text",placeholder:"ame1:… or lab1:…","data-testid":"rest\
ore-token",oninput:()=>this.forget(),"aria-label":"Token to restore",spellcheck:"false"}),this.restore=h("button",{type:"\
submit",class:"ame-button","data-testid":"restore"},"Restore"),this.refused=h("p",{class:"ame-refused",role:"alert","dat\
a-testid":"restore-refused",hidden:!0}),this.asked=!1,this.el=h("section",{class:"ame-card ame-recipe","aria-label":"Rec\
ipe"},h("header",{},h("h3",{},"Recipe"),h("span",{class:"ame-push"}),this.arm),h("div",{class:"ame-field"},this.token,this.
copy),h("div",{class:"ame-field"},this.whole,this.share),h("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();let s=Ci(
this.given.value);s&&t.anew(()=>this.send(s),this.lost(t.frame))}},this.given,this.restore),this.refused,h("p",{class:"a\
me-muted"},'As one string: a run with its steering (ame1:…), or the whole lab with all arms, arrangement and probes (lab\
1:…). Restore takes both, and so does lab("…") in a cell.'))}lost({arms:t,step:e,to_lose:s}){return t.length<2?s:`Al\
l ${t.length} arms as they are at step ${e}${s&&`, with ${s},`}`}forget(){this.asked=!1,A(this.refused,!1)}send(t){this.
asked=!0,A(this.refused,!1),this.lab.command("restore",{token:t})}ask(){this.sharing=!0,this.lab.command("share")}shared(t){
this.sharing&&(this.sharing=!1,this.whole.value=t,this.put(this.whole,this.share))}async put(t,e){await bt(t,e),this.lab.
say("Copied.")}draw({arms:t}){if(this.share.disabled=this.lab.locked("share"),this.names.isNew(t.map(o=>o.name))){let o=this.
arm.value;this.arm.replaceChildren(...t.map(r=>h("option",{value:r.name},r.name))),this.arm.value=t.some(r=>r.name===o)?
o:t.at(-1)?.name??"",A(this.arm,t.length>1)}let e=t.find(o=>o.name===this.arm.value)?.recipe_token??"",s=e&&e+this.lab.probe.
token;this.token.value!==s&&(this.token.value=s),this.restore.disabled=this.given.disabled=this.lab.locked("restore");let{
note:i,state:a}=this.lab.frame;a==="preparing"&&(this.asked=!1),A(this.refused,this.asked&&!!i),this.asked&&i&&v(this.refused,
i)}};var at="#d55e00";function ys(n,t){let e=o=>Math.max(...o.map(r=>Math.hypot(r[0],r[1])),0),s=e(n.flatMap(({pull:o,push:r})=>[o,r])),i=e(n.
map(({before:o,after:r})=>[r[0]-o[0],r[1]-o[1]])),a=i>0?.6*84/(t*i):1;return{force:s>0?84/(t*s):0,move:a<=1?1:Pi(a)}}function Pi(n){
let t=10**Math.floor(Math.log10(n));return([5,2,1].find(e=>e*t<=n*1.000001)??1)*t}function nt(n,[t,e],[s,i],a,o){let r=Math.
hypot(s-t,i-e);if(r<.5)return;let l=Math.min(4.5*o,.6*r),[c,p]=[(s-t)/r,(i-e)/r];n.strokeStyle=n.fillStyle=a,n.lineWidth=
o,n.lineCap="round",n.beginPath(),n.moveTo(t,e),n.lineTo(s-.8*l*c,i-.8*l*p),n.stroke(),n.beginPath(),n.moveTo(s,i),n.lineTo(
s-l*c+.5*l*p,i-l*p-.5*l*c),n.lineTo(s-l*c-.5*l*p,i-l*p+.5*l*c),n.fill()}var Li=3,xs=6,ks=4;function ot(n,t){return[...Array.from(n).keys()].sort((e,s)=>n[s]-n[e]).slice(0,t)}function Ni(n){let t=[
...new Set(n.flatMap(({shares:s})=>ot(s,Li).filter(i=>s[i]>=.01)))],e=s=>Math.max(...n.map(({shares:i})=>i[s]));return t.
sort((s,i)=>e(i)-e(s)).slice(0,xs)}var Wt=class{constructor(t){this.lab=t,this.rows=new P,this.pictures=[],this.cells=[],
this.body=h("tbody",{}),this.head=h("thead",{}),this.caption=h("caption",{class:"ame-muted"}),this.table=h("table",{class:"\
ame-probe-table","data-testid":"probe-answers"},this.caption,this.head,this.body),this.el=h("div",{class:"ame-probe-answ\
ers",hidden:!0,tabindex:"0",role:"region","aria-label":"Answers to the probe"},this.table)}color(t){let e=this.lab.frame.
arms.findIndex(s=>s.name===t);return e<0?this.lab.ink.muted:L(j(this.lab.frame.arms,e))}inner(t,e){return this.cells[t][e].
firstChild}pictured(t){return this.pictures[t]??=new P}draw({answers:t,kind:e}){let{scene:s}=this.lab;if(A(this.el,t.length>
0&&s!==null),!t.length||!s)return;let i=Ni(t),a=e==="text";if(v(this.caption,a?"Classes of the images that this text fin\
ds":"Which class text it is"),this.rows.isNew([i,t.map(({name:o})=>[o,this.color(o)]),a,this.lab.scenes])){this.head.replaceChildren(
h("tr",{},h("th",{scope:"col"},h("span",{class:"ame-hidden"},"class")),t.map(({name:r})=>h("th",{scope:"col",title:r},h(
"span",{class:"ame-swatch",style:`background: ${this.color(r)}`,"aria-hidden":"true"}),h("span",{class:"ame-called"},r)))));
let o=(r,l="",c="")=>h("tr",{class:c||null},h("th",{scope:"row",title:l||null},r),t.map(()=>h("td",{},h("div",{}))));this.
body.replaceChildren(...i.map(r=>h("tr",{class:"ame-probe-bar"},h("th",{scope:"row",title:s.class_names[r]},s.short[r]),
t.map(({name:l})=>h("td",{},h("span",{class:"ame-bar-of",style:`--ame-bar: ${this.color(l)}`}),h("b",{}))))),o($t("predi\
ctive_entropy"),a?"of these classes":"of the answer over all class texts"),o("nearest texts","","ame-probe-texts"),o("ne\
arest images","","ame-probe-images"),...a?[o("claims","images that are nearer to this text than to every class text","am\
e-probe-claims")]:[],...Array.from({length:xs-i.length},()=>h("tr",{class:"ame-probe-bar","aria-hidden":"true"},h("td",{
colspan:t.length+1}," ")))),this.cells=[...this.body.children].map(r=>[...r.children].slice(1)),this.pictures=[]}i.forEach(
(o,r)=>t.forEach(({shares:l},c)=>{let p=this.cells[r][c];p.firstChild.style.setProperty("--ame-share",`${Math.round(100*
l[o])}%`),v(p.lastChild,`${Math.round(100*l[o])} %`)})),t.forEach((o,r)=>{let l=i.length;v(this.inner(l,r),V("predictive\
_entropy",o.entropy)),v(this.inner(l+1,r),o.texts.slice(0,3).map(({text:c})=>c).join(", ")),this.cells[l+1][r].title=o.texts.
map(({text:c,cosine:p})=>`${c}: cosine ${wt(p,2)}`).join(`
`)}),t.forEach((o,r)=>{let l=i.length+2,c=[...o.images].slice(0,ks);this.pictured(r).isNew([this.lab.scenes,c])&&this.inner(
l,r).replaceChildren(this.thumbs(c)),o.claims&&this.pictured(t.length+r).isNew([this.lab.scenes,[...o.claims],o.claimed,
o.of])&&this.inner(l+1,r).replaceChildren(`${o.claimed} of ${o.of}`,this.thumbs([...o.claims].slice(0,ks)),o.claimed?h("\
button",{type:"button",class:"ame-quiet",onclick:()=>this.lab.command("select",{ids:[...o.claims]})},"Select"):"")})}thumbs(t){
let{lab:e}=this;return h("span",{class:"ame-probe-thumbs"},t.map(s=>{let i=e.rowOf.get(s),a=h("canvas",{class:"ame-thumb\
-small","aria-hidden":"true"}),o=i===void 0?String(s):e.scene?.captions[i]??String(s),r=i!==void 0&&e.thumbnail(a,i);return h(
"button",{type:"button",class:"ame-probe-thumb",title:o,"aria-label":`Select ${o}`,onclick:()=>e.command("select",{ids:[
s]})},r?a:o)}))}sentence({answers:t,kind:e}){let{scene:s}=this.lab;return!s||!t.length?"":`${t.map(({name:i,shares:a,entropy:o,
claimed:r,texts:l})=>{let[c]=ot(a,1),p=l[0]&&l[0].text!==s.class_names[c]?`, nearest text ${l[0].text}`:"";return`${i}: ${s.
class_names[c]} ${Math.round(100*a[c])} %${e==="text"?`, claims ${r} images`:p}, ${et("predictive_entropy",o)}`}).join("\
; ")}.`}},zt=class{constructor(t){this.lab=t,this.canvas=h("canvas",{class:"ame-walk",role:"img","data-testid":"walk"}),
this.words=h("p",{class:"ame-muted","data-testid":"walk-words"}),this.el=h("div",{hidden:!0},this.canvas,this.words)}draw({
walk:t},e){let{scene:s,ink:i}=this.lab;if(A(this.el,!!(t&&s)),!t||!s)return;this.canvas.style.height=`${56*t.paths.length+
16}px`;let{width:a,height:o,scale:r}=F(this.canvas);if(!a||!o)return;let l=C(this.canvas);l.setTransform(r,0,0,r,0,0),l.
clearRect(0,0,a,o);let c=Math.max(.1,...t.paths.flatMap(({entropy:g})=>[...g])),p=4,d=a-4,u=56,f=16;l.textBaseline="midd\
le",t.paths.forEach(({name:g,answers:y,entropy:k},E)=>{let x=E*u+4,O=x+u-f-8,I=y.length,M=w=>p+(d-p)*w/(I-1);for(let{answer:w,
from:S,to:$}of vs(y)){let[N,B]=[M(Math.max(0,S-.5)),M(Math.min(I-1,$+.5))];l.fillStyle=s.colors[w]??i.muted,l.fillRect(N,
O+2,B-N-1,4),l.font=`11.5px ${i.font}`,l.fillStyle=i.text;let z=s.short[w]??"";l.measureText(z).width<B-N&&l.fillText(z,
N+1,O+13)}l.strokeStyle=e(g),l.lineWidth=2,l.beginPath(),k.forEach((w,S)=>l.lineTo(M(S),O-(O-x-2)*w/c)),l.stroke(),l.font=
`600 11.5px ${i.font}`,l.fillStyle=i.muted,l.fillText(g,p,x+6)}),l.font=`11.5px ${i.font}`,l.fillStyle=i.muted;let m=[t.
first||"now",t.second||"now"];l.fillText(m[0],p,o-7),l.fillText(m[1],d-l.measureText(m[1]).width,o-7);let b=t.paths.map(
({name:g,answers:y,entropy:k})=>`${g}: ${vs(y).map(({answer:E})=>s.short[E]).join(" → ")}, largest ${et("predictive_en\
tropy",Math.max(...k))}`).join("; ");v(this.words,b),this.canvas.setAttribute("aria-label",`Walk from ${m[0]} to ${m[1]}\
. ${b}. Curves: predictive entropy; strips: the answer.`)}};function vs(n){let t=[];for(let e=0;e<n.length;e++){let s=t.
at(-1);s?.answer===n[e]?s.to=e:t.push({answer:n[e],from:e,to:e})}return t}var Di=90,fe={teacher:"teacher",before:"student",after:"after the step"};function Ri({p:n,mine:t},e=Di){let s=[...Array.
from(n).keys()].sort((o,r)=>n[r]-n[o]);if(s.length<=e)return s;let i=s.slice(0,e),a=t.filter(o=>!i.includes(o)).slice(0,
e);return[...i.slice(0,e-a.length),...a]}function _i(n,t,e){return n.mine.includes(t)?"this image":t>=n.texts?`image ${t-
n.texts+1}`:n.texts===e.length?e[t]:`text ${t+1}`}function me(n,{width:t,height:e},s,i,a,o,r){if(n.font=`12px ${s.font}`,
n.textBaseline="alphabetic",n.fillStyle=s.muted,n.textAlign="left",!i)return"No bars: this reading has no softmax over r\
ows.";let l=Ri(i),[c,p,d]=[2,30,t-2],[u,f]=[Math.round(p+.62*(e-p)),e-2],m=(d-c)/l.length,b=Math.max(...l.map(w=>Math.max(
i.p[w],r?i.after[w]:0)),i.level),g=Math.max(...l.map(w=>Math.abs(i.push[w])),0),y=w=>u-(u-p)*w/b,k=(u+f)/2+1,E=Math.max(
1,Math.min(14,.78*m));l.forEach((w,S)=>{let $=c+(S+.5)*m,N=i.mine.includes(w);if(n.fillStyle=N?o:w<i.texts?s.muted:s.dark?
"#6b7480":"#b9c0c8",n.fillRect($-E/2,y(i.p[w]),E,u-y(i.p[w])),r&&(n.fillStyle=s.text,n.fillRect($-E/2-1,y(i.after[w])-1,
E+2,2)),!g)return;let B=((f-u)/2-3)*(i.push[w]/g);n.fillStyle=i.push[w]>0?at:s.muted,n.fillRect($-E/2,B>0?k-B:k,E,Math.max(
.5,Math.abs(B)))}),n.strokeStyle=s.text,n.lineWidth=1,n.setLineDash([4,3]),n.beginPath(),n.moveTo(c,Math.round(y(i.level))+
.5),n.lineTo(d,Math.round(y(i.level))+.5),n.stroke(),n.setLineDash([]),n.fillStyle=s.text,n.textAlign="right",n.lineWidth=
3,n.strokeStyle=s.card;let x=Math.max(p+12,y(i.level)-4);n.strokeText("exp(−H): above it, up",d,x),n.fillText("exp(−H)\
: above it, up",d,x),n.textAlign="left",n.fillText(r?"p before (bars) and after the step (marks)":"p of each row",c,12);
let O=l[0],I=`${_i(i,O,a)}: p ${K(i.p[O],2)}`;n.fillStyle=s.muted,n.fillText(r?`${I} → ${K(i.after[O],2)}`:I,c,26),n.strokeText(
"AME's push",c,f-1),n.fillText("AME's push",c,f-1);let M=i.mine.map(w=>`this image: p ${K(i.p[w],2)}`);return`${i.p.length}\
 bars, the largest first. ${I}. ${M.join(", ")}. Entries above ${K(i.level,2)} are pushed up, the others down.`}function Ms(n,{
width:t,height:e},s,i,a,o,r){let l=Math.max(2,Math.min(6,Math.floor((e-20)/(14*r.length+6)))),c=[...new Set(r.flatMap(b=>ot(
i.shares[b],l)))].sort((b,g)=>i.shares[r[0]][g]-i.shares[r[0]][b]).slice(0,l);n.font=`12.5px ${s.font}`,n.textBaseline="\
middle";let p=Math.min(.4*t,Math.max(...c.map(b=>n.measureText(a[b]??"").width))+8),d=(e-18)/c.length,u=Math.min(15,(d-4)/
r.length),f={teacher:s.muted,before:o,after:s.text};n.textAlign="left";let m=p;for(let b of r)n.fillStyle=f[b],n.fillRect(
m,4,9,9),n.fillStyle=s.text,n.fillText(fe[b],m+13,9),m+=26+n.measureText(fe[b]).width;return c.forEach((b,g)=>{let y=18+
g*d;n.fillStyle=s.text,n.textAlign="right",n.fillText(a[b]??String(b),p-6,y+u*r.length/2,p-8),n.textAlign="left",r.forEach(
(k,E)=>{let x=i.shares[k][b],O=Math.max(1,(t-p-42)*x);n.fillStyle=f[k],n.fillRect(p,y+E*u,O,u-1.5),n.fillStyle=s.text,n.
fillText(`${Math.round(100*x)} %`,p+O+4,y+(E+.5)*u)})}),r.map(b=>`${fe[b]}: ${c.map(g=>`${a[g]} ${Math.round(100*i.shares[b][g])}\
 %`).join(", ")}`).join("; ")}function Ss(n,{width:t,height:e},s,i,a){let{kd:o,ame:r}=i.norms,l=i.cosines.kd_ame,c=Math.
max(o,a?r:0)||1,p=Math.acos(Math.max(-1,Math.min(1,l??0))),d=a&&Math.cos(p)<0,u=Math.min(.42*t,e-40),f=[d?t/2:.12*t,e-24],
m=(d?Math.min(u,.44*t):Math.min(.8*t,2*u))/c,b=Math.min(m,a&&r*Math.sin(p)>0?(e-44)/(r*Math.sin(p)):m);if(n.font=`12.5px\
 ${s.font}`,n.textBaseline="middle",nt(n,f,[f[0]+b*o,f[1]],s.accent,3),n.fillStyle=s.accent,n.textAlign="left",n.fillText(
`KD's pull ${K(o,2)}`,Math.min(f[0]+4,t-110),e-9),!a)return`KD's pull has the norm ${K(o,2)}.`;n.fillStyle=at;let g=[f[0]+
b*r*Math.cos(p),f[1]-b*r*Math.sin(p)];b*r>=2?nt(n,f,g,at,3):r>0&&(n.beginPath(),n.arc(...f,3,0,2*Math.PI),n.fill());let y=r===
0?"AME's push is 0":`AME's push ${K(r,2)}${b*r<2?": too short to be seen beside it":""}`;n.fillStyle=s.text,n.fillText(y,
4,10),n.fillStyle=s.muted;let k=l===null?"":`cosine ${K(l,2)}, angle ${Math.round(180*p/Math.PI)}°`;return n.fillText(k,
4,26),`KD's pull ${K(o,2)}. ${y}. ${k}`}var rt=30,$s=new WeakMap,ge=new WeakSet;function Ts(n,t,e,s,i,a){let{shown:o}=n,r=$s.get(n);if(!o||!t&&!r)return;r||($s.
set(n,r=h("canvas",{class:"ame-step-layer","aria-hidden":"true","data-testid":`step-layer-${n.index}`})),n.over.before(r));
let{width:l,height:c,scale:p}=F(r),d=t?.arms.find(w=>w.name===o.arm.name);if(!d&&ge.has(r))return;let u=C(r);if(u.setTransform(
p,0,0,p,0,0),u.clearRect(0,0,l,c),d?ge.delete(r):ge.add(r),!t||!d)return;let{ink:f}=n.owner.lab,{place:m,scene:b}=o,g=w=>W(
m,w[0],w[1]),y=g(d.before),k=g(d.teacher);u.globalAlpha=.55,u.fillStyle=f.card,u.fillRect(0,0,l,c),u.globalAlpha=1,u.font=
`600 13px ${f.font}`,u.textBaseline="middle",u.lineJoin="round";let E=o.arm.manifold?.anchors??[],x=s==="teacher"?d.shares.
teacher:s==="student"?d.shares.before:null;if(x&&As(u,n,b,E,x.indexOf(Math.max(...x)),g),s==="rows"&&d.rows&&d.rows.texts===
b.short.length){let w=d.rows.p.subarray(0,d.rows.texts);As(u,n,b,E,w.indexOf(Math.max(...d.rows.p)),g)}u.setLineDash([3,
4]),u.strokeStyle=f.muted,u.lineWidth=1.5,u.beginPath(),e>0&&(u.moveTo(...y),u.lineTo(...k)),u.stroke(),u.setLineDash([]),
D(u,{shape:"diamond",color:f.text,filled:s==="teacher",halo:f.card,inside:f.card},...k,8),be(u,f,"teacher",k,12,f.text),
(e>0||!i)&&Bi(u,t.place,i,e>0?y:k,f,e===0);let{force:O,move:I}=ys(t.arms,m.k),M=(w,S,$,N,B)=>{let z=(s===w?a:1)*$*m.k,G=[
y[0]+z*S[0],y[1]-z*S[1]];u.globalAlpha=s===w?1:.6,nt(u,y,G,f.card,s===w?7:5),nt(u,y,G,N,s===w?4:2.5),u.globalAlpha=1;let H=Math.
hypot(S[0],S[1])*$*m.k<5;s===w&&be(u,f,H?`${B}: too short to be seen`:B,H?[y[0],y[1]+rt]:G,8,N)};if(e>=2&&M("kd",d.pull,
O,f.accent,"KD's pull"),e>=4&&d.norms.ame>0&&M("ame",d.push,O,at,"AME's push"),e>=5){let w=[d.after[0]-d.before[0],d.after[1]-
d.before[1]];M("optimizer",w,I,f.text,I>1?`moved (drawn ${I.toLocaleString("en")} times as long)`:"moved")}}function Bi(n,t,e,[
s,i],a,o){let r=rt/2;if(!o){if(!e)return D(n,{shape:"circle",color:a.text,filled:!0,halo:a.card},s,i,7);n.fillStyle=a.text,
n.fillRect(s-r-2,i-r-2,rt+4,rt+4),e.draw(n,t,s-r,i-r,rt,rt)}}function As(n,t,e,s,i,a){if(i<0||2*i+1>=s.length)return;let{
ink:o}=t.owner.lab,[r,l]=a([s[2*i],s[2*i+1]]);D(n,{...t.owner.mark(e,i),shape:"star",filled:!0,halo:o.text},r,l,10),n.strokeStyle=
o.text,n.lineWidth=2,n.beginPath(),n.arc(r,l,16,0,2*Math.PI),n.stroke(),be(n,o,e.short[i]??"",[r,l],19,o.text)}function be(n,t,e,[
s,i],a,o){let r=n.measureText(e).width,l=n.canvas.clientWidth,c=s+a+r>l-2?Math.max(2,s-a-r):s+a;n.lineWidth=4,n.strokeStyle=
t.card,n.fillStyle=o,n.strokeText(e,c,i),n.fillText(e,c,i)}var ht=[["teacher","Teacher"],["student","Student"],["kd","KD pulls"],["rows","Rows compete"],["ame","H pushes"],["optim\
izer","Optimizer"]],Fi=1.8,Es=.5;function qi(n){let t=JSON.stringify([n.arms.map(({name:s,step:i,recipe_token:a})=>[s,i,
a]),U(n)]),e=5381;for(let s=0;s<t.length;s++)e=(e*33^t.charCodeAt(s))>>>0;return`${n.scrubbed??"newest"} ${n.step} ${e.toString(
36)}`}var Kt=class{constructor(t){this.lab=t,this.state=null,this.pictures=null,this.part=0,this.place=0,this.asked="",this.
key="",this.open=!1,this.since=0,this.timer=0,this.frame=0,this.arms=new P,this.shownBatch=new P,this.figureShown=new P;
let e=(s,i,a,o)=>h("button",{type:"button",class:"ame-quiet","aria-label":i,title:i,"data-testid":a,onclick:o},s);this.looping=
e("Loop","Go round this one step","step-loop",()=>this.loop(!this.timer)),this.looping.setAttribute("aria-pressed","fals\
e"),this.arm=h("select",{"aria-label":"Student whose step is told","data-testid":"step-arm",onchange:()=>this.show()}),this.
controls=h("div",{class:"ame-step-controls"},h("div",{class:"ame-group",role:"group","aria-label":"Parts of the step"},e(
"◀","Part before","step-back",()=>this.go(this.part-1)),e("▶","Next part","step-next",()=>this.go(this.part+1)),this.
looping),this.arm),this.tabs=h("ol",{class:"ame-step-parts","data-testid":"step-parts"},ht.map(([,s],i)=>h("li",{},h("bu\
tton",{type:"button",class:"ame-quiet",onclick:()=>this.go(i)},s)))),this.batch=h("div",{class:"ame-step-batch",role:"gr\
oup","aria-label":"Images of the minibatch"}),this.image=h("select",{"aria-label":"Image of the minibatch",onchange:()=>this.
choose(Number(this.image.value))}),this.told=h("p",{class:"ame-step-told",role:"status","data-testid":"step-told"}),this.
note=h("p",{class:"ame-muted","data-testid":"step-note"}),this.canvas=h("canvas",{class:"ame-step-figure",role:"img","da\
ta-testid":"step-figure"}),this.words=h("div",{class:"ame-step-words"},this.told,this.note),this.el=h("section",{class:"\
ame-card ame-one-step","aria-label":"One step","data-testid":"one-step"},h("header",{},h("h3",{},"One step")),h("div",{class:"\
ame-step-head"},this.tabs,this.controls),h("div",{class:"ame-step-body"},h("div",{class:"ame-step-images"},this.image,this.
batch),this.words,this.canvas))}retained(t,e){if(t!=="one_step")return;let s=e,i=this.state;this.state=s,this.place=s.error?
this.place:s.place,!s.error&&s.key===this.key&&(this.asked=`${this.key} ${this.place}`),!s.error&&(!i||s.ids.join()!==i.
ids.join())&&(this.pictures=null,s.pictures&&this.decode(s,s.pictures)),this.since=T(),this.show()}async decode(t,e){try{
let s=await it.load(e);if(this.state?.ids.join()!==t.ids.join())return;this.pictures=s,this.show()}catch(s){console.error(
"ame_explore: the minibatch could not be decoded",s)}}go(t){this.part=(t+ht.length)%ht.length,this.since=T(),this.show()}loop(t){
window.clearInterval(this.timer),this.timer=t?window.setInterval(()=>this.go(this.part+1),1e3*Fi):0,this.looping.setAttribute(
"aria-pressed",String(t)),this.told.setAttribute("aria-live",t?"off":"polite")}choose(t){this.place=t,this.draw(this.lab.
frame)}draw(t){this.open=!0,this.key=qi(t);let e=t.state==="paused"||t.state==="finished",s=`${this.key} ${this.place}`;
e&&this.asked!==s&&!this.lab.locked("take_apart")&&t.arms.length&&(this.asked=s,this.lab.command("take_apart",{place:this.
place,key:this.key})),this.show()}follow(t){this.open!==t&&(this.open=t,t||this.loop(!1),this.paint())}get current(){return this.
state&&!this.state.error&&this.state.key===this.key?this.state:null}get chosen(){let t=this.current?.arms??[];return t.find(
({name:e})=>e===this.arm.value)??t.at(-1)??null}show(){let{state:t,current:e,lab:{frame:s}}=this;if(!this.open)return;let i=(e?.
arms??[]).map(({name:l})=>l);if(i.length&&this.arms.isNew(i)){let l=this.arm.value;this.arm.replaceChildren(...i.map(c=>h(
"option",{value:c},c))),this.arm.value=i.includes(l)?l:i[i.length-1]}A(this.arm,i.length>1),this.showBatch();let[a]=ht[this.
part];[...this.tabs.children].forEach((l,c)=>l.firstElementChild?.setAttribute("aria-current",c===this.part?"step":"fals\
e"));let{chosen:o}=this,r=s.state==="playing"?"Pause, and the next step is taken apart here: what the teacher says, how \
KD pulls, how the rows of M compete, how H pushes, and what the optimizer makes of it.":this.lab.locked("take_apart")?"T\
his lab does not show single steps.":t?.error&&t.key===this.key?t.error:"Taking the next step apart …";v(this.told,o?o.
said[a]??"":r),v(this.note,o?this.remark(o,a):""),A(this.canvas,o!==null),this.el.dataset.step=o?String(o.step):"",this.
el.dataset.part=a,this.paint()}remark(t,e){let s=o=>`${Math.round(100*o)} %`,i=Y(this.lab.frame)?", as it was taken then":
"",a=`Step ${t.step}${i}, with the weights before it; the run itself has not moved.`;return e==="kd"?`${a} The map shows\
 ${s(t.seen_pull)} of the pull's squared length.`:e==="ame"?`${a} On the map both arrows have one scale; it shows ${s(t.
seen_push)} of the push's squared length.`:e==="optimizer"?`${a} Press Step to take it.`:a}showBatch(){let{current:t,pictures:e}=this;
if(t){if(this.shownBatch.isNew([[...t.ids],e!==null])){let s=t.captions;this.image.replaceChildren(...s.map((i,a)=>h("op\
tion",{value:String(a)},`${a+1}: ${i}`))),this.batch.replaceChildren(...e?s.map((i,a)=>{let o=h("canvas",{"aria-hidden":"\
true"});return e.fill(o,a),h("button",{type:"button",title:i,"aria-label":`Image ${a+1}: ${i}`,onclick:()=>this.choose(a)},
o)}):[]),A(this.image,!e)}this.image.value=String(this.place),[...this.batch.children].forEach((s,i)=>s.setAttribute("ar\
ia-pressed",String(i===this.place)))}}paint(){let t=Math.min(1,(T()-this.since)/Es);this.open&&this.paintFigure();for(let e of this.
lab.manifold.panes)this.paintOn(e);this.open&&t<1&&!this.frame&&this.current&&(this.frame=requestAnimationFrame(()=>{this.
frame=0,this.paint()}))}paintFigure(){let{chosen:t,lab:{ink:e,scene:s,frame:i}}=this,{width:a,height:o,scale:r}=F(this.canvas);
if(!t||!a||!o||!s)return;let l=C(this.canvas);l.setTransform(r,0,0,r,0,0),l.clearRect(0,0,a,o);let c={width:a,height:o},
p=L(j(i.arms,i.arms.findIndex(({name:f})=>f===t.name))),[d]=ht[this.part],u=d==="rows"?me(l,c,e,t.rows,s.short,p,!1):d===
"optimizer"&&t.rows?me(l,c,e,t.rows,s.short,p,!0):d==="kd"||d==="ame"?Ss(l,c,e,t,d==="ame"):Ms(l,c,e,t,s.short,p,d==="te\
acher"?["teacher"]:d==="student"?["teacher","before"]:["before","after"]);this.figureShown.isNew(u)&&this.canvas.setAttribute(
"aria-label",u)}paintOn(t){let e=this.open?this.current:null,[s]=ht[this.part];Ts(t,e,this.part,s,this.pictures,Math.min(
1,(T()-this.since)/Es))}};var Ht=class{constructor(t,e,s,i){this.page=t,this.send=e,this.clock=s,this.later=i,this.n=Math.floor(1e6*Math.random()),
this.flying=null,this.gap=0,this.askedAt=-1/0,this.resting=!1,this.next=null}tell(t){return this.n+=1,this.send({...t,by:this.
page,n:this.n}),this.n}ask(t){this.next={action:"ask",probe:t},this.pump()}drop(){this.next=null}pump(){if(!this.next||this.
flying&&this.clock()-this.flying.since<1.5)return;let t=this.gap-(this.clock()-this.askedAt);if(t>1e-6){this.resting||this.
later(()=>this.rested(),t),this.resting=!0;return}this.askedAt=this.clock();let e=this.next;this.next=null;let s=this.flying=
{n:this.tell(e),since:this.clock()};this.later(()=>this.flying===s&&this.pump(),1.5)}rested(){this.resting=!1,this.pump()}answered({
by:t,n:e}){if(t!==this.page||!this.flying||e<this.flying.n)return null;let s=this.clock()-this.flying.since;return this.
flying=null,this.pump(),s}get busy(){return this.flying!==null||this.next!==null}};var Os={large:[32,20],small:[22,14]},Is=10,ji=220,pt=16,Cs=18,ye=new WeakMap,we=new WeakSet;function Wi(n){let t=ye.get(
n);return t||(ye.set(n,t=h("canvas",{class:"ame-probe-layer","aria-hidden":"true"})),n.canvas.after(t)),t}function Ns(n,t,e,s){
if(!n.shown||!t?.answers.length&&!t?.kept.length&&!ye.has(n))return;let{arm:i,size:a,place:o,scene:r}=n.shown,{ink:l}=n.
owner.lab,c=Wi(n);F(c);let p=!t||!t.answers.length&&!t.kept.length&&!t.walk&&s.length<2;if(p&&we.has(c))return;let d=C(c);
if(d.setTransform(a.scale,0,0,a.scale,0,0),d.clearRect(0,0,a.width,a.height),p?we.add(c):we.delete(c),!t)return;d.lineJoin=
"round";let u=(M,w=0)=>W(o,M[2*w],M[2*w+1]),f=(M,w,S,$=[])=>{d.strokeStyle=w,d.lineWidth=S,d.setLineDash($),d.beginPath();
for(let[N,B]of M)d.lineTo(N,B);d.stroke(),d.setLineDash([])},m=t.walk?.paths.find(({name:M})=>M===i.name);if(m){let M=Array.
from(m.answers,(w,S)=>u(m.points,S));f(M,l.card,5),f(M,l.text,2),M.forEach(([w,S],$)=>D(d,{...n.owner.mark(r,m.answers[$]),
halo:l.card},w,S,4))}let b=[],g=new Map,y=a.width<ji,[k,E]=y?Os.small:Os.large,x=({name:M,kind:w},S)=>{g.set(S,g.get(S)||
!y||w==="text");let $=r.short[S]??String(S);return w==="text"?Ps(M):y?$:`${Ps(M)}: ${$}`};for(let M of t.kept){let w=M.marks.
find(({name:N})=>N===i.name);if(!w)continue;let[S,$]=[u(w.point),e(M.name)];Ls(d,S,$,E,l),b.push({text:x($,w.answer),x:S[0],
y:S[1],side:E+Is})}let O=t.answers.find(({name:M})=>M===i.name),I=t.answers.find(({name:M})=>M==="teacher");if(O){let[M,
w]=[u(O.point),e("")];if(s.length>1&&f(s.map(([S,$])=>W(o,S,$)),l.accent,2),b.unshift({text:x(w,ot(O.shares,1)[0]),x:M[0],
y:M[1],side:k+Is}),I&&t.kind!=="text"){let S=u(I.point);f([M,S],l.text,1.5,[3,3]),D(d,{shape:"diamond",color:l.text,filled:!1,
halo:l.card,inside:l.card},...S,6.5),b.push({text:"teacher",x:S[0],y:S[1],side:16,light:!0})}Ls(d,M,w,k,l)}for(let[M,w]of g){
let S=n.starsDrawn[M];!S||S.x<0||S.y<0||S.x>a.width||S.y>a.height||(d.strokeStyle=l.accent,d.lineWidth=2,d.beginPath(),d.
arc(S.x,S.y,.5*S.side+4,0,2*Math.PI),d.stroke(),(w||S.spot)&&b.unshift(S))}zi(d,b,n,l),c.dataset.words=b.map(({text:M})=>M).
join("; ")}var Ps=n=>n.length>Cs?`${n.slice(0,Cs-1).trimEnd()}…`:n;function Ls(n,[t,e],{picture:s,kind:i},a,o){let r=a/
2;s?(n.fillStyle=o.card,n.fillRect(t-r-4,e-r-4,a+8,a+8),n.imageSmoothingEnabled=!1,n.drawImage(s,t-r,e-r,a,a),n.strokeStyle=
o.accent,n.lineWidth=3,n.strokeRect(t-r-2,e-r-2,a+4,a+4)):D(n,{shape:i==="text"?"star":"circle",color:o.accent,filled:!0,
halo:o.text,edge:.3},t,e,.42*a)}function zi(n,t,{shown:e,covered:s},i){if(!e)return;let{size:a}=e;n.textBaseline="middle";
let o=t.map(({x:r,y:l,side:c})=>[r-c/2,l-c/2,c,c]);for(let{text:r,x:l,y:c,side:p,spot:d,light:u}of t){if(!r)continue;n.font=
`${u?"12px":"600 13px"} ${i.font}`;let f=n.measureText(r).width,m={x:l,y:c,width:f,side:p},[b,g]=d??st([m],a,[...s,...o])[0]??
st([m],a,[...o])[0]??Ki(m,a,o);o.push(ke(m,[b,g])),n.fillStyle=i.card,n.fillRect(...ke(m,[b,g])),n.fillStyle=i.text,n.fillText(
r,l+b,c+g)}}var ke=({x:n,y:t,width:e},[s,i])=>[n+s-2,t+i-pt/2,e+4,pt];function Ki(n,t,e){let{x:s,y:i,width:a,side:o}=n,r=Math.
max(3,Math.min(t.width-3-a,s-a/2))-s,c=Array.from({length:12},(d,u)=>(u%2?-1:1)*(o/2+pt*(.6+Math.floor(u/2)))).filter(d=>i+
d>pt/2&&i+d<t.height-pt/2),p=c.find(d=>{let[u,f,m,b]=ke(n,[r,d]);return!e.some(g=>u<g[0]+g[2]&&g[0]<u+m&&f<g[1]+g[3]&&g[1]<
f+b)});return[r,p??c[0]??0]}var Ut={rotate:0,blur:0,noise:0,share:.5};function Gt(n,t,e){let s=new Float32Array(3*n*t);for(let i=0;i<s.length;i++)s[i]=
e[i%3];return{width:n,height:t,data:s}}var Yt=(n,t,e)=>({width:t,height:e,data:Float32Array.from(n)});function Hi(n,t,e){
return{...n,data:n.data.map((s,i)=>s+e*(t.data[i]-s))}}function Ui(n,t,e){if(t%360===0)return n;let{width:s,height:i,data:a}=n,
o=Gt(s,i,e),[r,l]=[Math.cos(t*Math.PI/180),Math.sin(t*Math.PI/180)],[c,p]=[(s-1)/2,(i-1)/2],d=(u,f,m)=>u<0||f<0||u>=s||f>=
i?e[m]:a[3*(f*s+u)+m];for(let u=0;u<i;u++)for(let f=0;f<s;f++){let m=r*(f-c)+l*(u-p)+c,b=r*(u-p)-l*(f-c)+p,[g,y]=[Math.floor(
m),Math.floor(b)],[k,E]=[m-g,b-y];for(let x=0;x<3;x++)o.data[3*(u*s+f)+x]=(1-E)*((1-k)*d(g,y,x)+k*d(g+1,y,x))+E*((1-k)*d(
g,y+1,x)+k*d(g+1,y+1,x))}return o}function Gi(n,t){if(!(t>0))return n;let e=Math.ceil(3*t),s=Array.from({length:2*e+1},(l,c)=>Math.
exp(-((c-e)**2)/(2*t*t))),i=s.reduce((l,c)=>l+c,0),{width:a,height:o}=n,r=(l,c,p)=>{let d=new Float32Array(l.length);for(let u=0;u<
o;u++)for(let f=0;f<a;f++)for(let m=-e;m<=e;m++){let b=Math.max(0,Math.min(a-1,f+m*c)),g=Math.max(0,Math.min(o-1,u+m*p)),
y=s[m+e]/i;for(let k=0;k<3;k++)d[3*(u*a+f)+k]+=y*l[3*(g*a+b)+k]}return d};return{...n,data:r(r(n.data,1,0),0,1)}}function Yi(n,t){
if(!(t>0))return n;let e=2654435769,s=()=>(e^=e<<13,e^=e>>>17,e^=e<<5,(e>>>0)/4294967296),i=Float32Array.from(n.data);for(let a=0;a<
i.length;a+=3){let o=255*t*(s()+s()+s()-1.5);for(let r=0;r<3;r++)i[a+r]=Math.max(0,Math.min(255,i[a+r]+o))}return{...n,data:i}}
function Ds(n,t,e,s){let i=t?Hi(n,t,e.share):n;return Yi(Gi(Ui(i,e.rotate,s),e.blur),e.noise)}function Rs(n,t,e){let{width:s,
height:i}=n,a=Float32Array.from(n.data),o=s*e;for(let r=0;r<i;r++)for(let l=0;l<s;l++){let c=0,p=[0,0,0];for(let u=0;u<e;u++)
for(let f=0;f<e;f++){let m=4*((r*e+u)*o+l*e+f),b=t[m+3]/255;if(b){c+=b;for(let g=0;g<3;g++)p[g]+=b*t[m+g]}}if(!c)continue;
let d=3*(r*s+l);for(let u=0;u<3;u++)a[d+u]=(p[u]+(e*e-c)*a[d+u])/(e*e)}return{...n,data:a}}var ve=({data:n})=>Uint8ClampedArray.
from(n,Math.round);function _s(n){let t=ve(n),e="";for(let s=0;s<t.length;s+=4096)e+=String.fromCharCode(...t.subarray(s,
s+4096));return{kind:"image",width:n.width,height:n.height,pixels:btoa(e)}}var Bs=n=>`#${[0,1,2].map(t=>Math.max(0,Math.
min(255,Math.round(n[t]))).toString(16).padStart(2,"0")).join("")}`;var Xi=.03,Vi=240,Fs=[["#1f1f1f","black"],["#ffffff","white"],["#d81e2c","red"],["#f28c1c","orange"],["#f9cc30","yellow"],
["#2e9e4f","green"],["#2b78d0","blue"],["#8645b8","purple"],["#f06ea9","pink"],["#8a5a35","brown"]],Ji=[["#000000","blac\
k"],["#555555","dark grey"],["#999999","grey"],["#cccccc","light grey"],["#ffffff","white"]],Xt=class{constructor(t,e){this.
lab=t,this.report=e,this.scale=10,this.ground=[255,255,255],this.base=Gt(24,24,this.ground),this.picked={first:null,second:null},
this.changes={...Ut},this.shown=this.base,this.image=this.base,this.strokes=[],this.stroke=null,this.color=Fs[2][0],this.
erasing=!1,this.pen={x:12,y:12,down:!1},this.due=0,this.finished=-1/0,this.layer=document.createElement("canvas"),this.canvas=
h("canvas",{class:"ame-pad",tabindex:"0",role:"application","data-testid":"pad","aria-label":"Drawing pad. Arrow keys mo\
ve the pen, Space puts it down or lifts it, Enter makes a dot, U undoes, X erases."}),this.seen=h("canvas",{class:"ame-p\
ad-seen","aria-hidden":"true",title:"What the models see"}),this.swatches=h("div",{class:"ame-swatches",role:"group","ar\
ia-label":"Colour"}),this.size=h("input",{type:"range",min:.5,max:8,step:.5,value:"2.5","aria-label":"Brush, pixels of t\
he image","data-testid":"brush"}),this.eraser=h("button",{type:"button",class:"ame-quiet","aria-pressed":"false",title:"\
Erase (X)",onclick:()=>this.erase(!this.erasing)},"Eraser"),this.undoing=h("button",{type:"button",class:"ame-quiet",title:"\
Undo the last stroke (U)","data-testid":"undo",onclick:()=>this.undo()},"Undo"),this.clearing=h("button",{type:"button",
class:"ame-quiet",title:"Empty the pad","data-testid":"clear-pad",onclick:()=>this.clear()},"Clear"),this.el=h("div",{class:"\
ame-pad-box"},h("div",{class:"ame-pad-row"},this.canvas,h("div",{class:"ame-pad-tools"},this.swatches,h("label",{class:"\
ame-pad-size"},"Brush",this.size),h("div",{},this.eraser,this.undoing,this.clearing),h("div",{class:"ame-pad-note"},this.
seen,h("span",{class:"ame-muted"},"as the models see it"))))),this.canvas.addEventListener("pointerdown",s=>this.down(s)),
this.canvas.addEventListener("pointermove",s=>this.move(s)),this.canvas.addEventListener("pointerup",()=>this.lift()),this.
canvas.addEventListener("pointercancel",()=>this.lift()),this.canvas.addEventListener("keydown",s=>this.key(s)),this.canvas.
addEventListener("focus",()=>this.paint()),this.canvas.addEventListener("blur",()=>{this.pen.down=!1,this.lift(),this.paint()})}world([
t,e,s],i){this.ground=i,this.scale=Math.max(1,Math.round(Vi/Math.max(e,s))),this.base=Gt(s,e,this.ground),this.picked={first:null,
second:null},this.strokes=[],this.canvas.width=this.layer.width=s*this.scale,this.canvas.height=this.layer.height=e*this.
scale,this.seen.width=s,this.seen.height=e,this.pen={x:s/2,y:e/2,down:!1},this.size.max=String(Math.max(2,Math.round(e/3))),
this.size.value=String(Math.max(.5,Math.round(e/9)));let a=t===1?Ji:Fs,o=i[0]+i[1]+i[2]<382;this.color=t===1?o?"#ffffff":
"#000000":a[2][0],this.swatches.replaceChildren(...a.map(([r,l])=>h("button",{type:"button",class:"ame-swatch-button",style:`\
background: ${r}`,title:l,"aria-label":l,"data-color":r,onclick:()=>this.pickColor(r)})),t===1?"":h("input",{type:"color",
"aria-label":"Another colour",value:"#d81e2c",oninput:r=>this.pickColor(r.target.value)})),this.pickColor(this.color),this.
renew(!1)}pickColor(t){this.color=t,this.erase(!1);for(let e of this.swatches.querySelectorAll("button"))e.setAttribute(
"aria-pressed",String(e.dataset.color===t))}erase(t){this.erasing=t,this.eraser.setAttribute("aria-pressed",String(t))}get empty(){
return!this.strokes.length&&!this.picked.first}take(t,e){this.picked[t]=e,t==="first"&&(this.strokes=[]),this.renew()}load(t){
this.picked={first:t,second:null},this.strokes=[],this.changes={...Ut},this.renew()}clear(){this.picked={first:null,second:null},
this.strokes=[],this.changes={...Ut},this.renew(),this.lab.say("The pad is empty.")}undo(){if(this.stroke=null,!this.strokes.
pop())return this.lab.say("Nothing to undo.");this.lab.say("Undone."),this.renew()}renew(t=!0){let e=this.picked.first??
this.base;this.shown=Ds(e,this.picked.second,this.changes,this.ground);let s=C(this.layer,{willReadFrequently:!0});s.clearRect(
0,0,this.layer.width,this.layer.height);for(let i of this.strokes)for(let a=0;a<i.points.length;a++)this.segment(s,i,a);
this.finish(t)}segment(t,{color:e,size:s,points:i},a){let{scale:o}=this,[r,l,c]=i[a],[p,d]=i[Math.max(0,a-1)];t.strokeStyle=
e,t.lineWidth=s*o*c,t.lineCap=t.lineJoin="round",t.beginPath(),t.moveTo(p*o,d*o),t.lineTo(r*o+(a?0:.01),l*o),t.stroke()}finish(t){
this.finished=T();let{layer:e,scale:s}=this,{data:i}=C(e,{willReadFrequently:!0}).getImageData(0,0,e.width,e.height);this.
image=Rs(this.shown,i,s),this.undoing.disabled=!this.strokes.length,this.paint(),t&&this.report(this.image)}paint(){let{
canvas:t,shown:e,scale:s,image:i}=this,a=C(t);Vt(this.seen,i);let o=document.createElement("canvas");if(o.width=e.width,
o.height=e.height,Vt(o,e),a.imageSmoothingEnabled=!1,a.drawImage(o,0,0,t.width,t.height),a.drawImage(this.layer,0,0),document.
activeElement!==t||!t.matches(":focus-visible"))return;let[r,l,c]=[this.pen.x*s,this.pen.y*s,Math.max(3,Number(this.size.
value)*s/2)];for(let[p,d]of[["#fff",4],[this.pen.down?"#d81e2c":"#1f1f1f",2]])a.strokeStyle=p,a.lineWidth=d,a.beginPath(),
a.arc(r,l,c,0,2*Math.PI),a.stroke()}begin(t,e,s=1){this.stroke={color:this.erasing?Bs(this.ground):this.color,size:Number(
this.size.value),points:[]},this.strokes.push(this.stroke),this.extend(t,e,s)}extend(t,e,s=1){if(this.stroke&&(this.stroke.
points.push([t,e,s]),this.segment(C(this.layer,{willReadFrequently:!0}),this.stroke,this.stroke.points.length-1),!this.due)){
if(T()-this.finished>Xi)return this.finish(!0);this.due=requestAnimationFrame(()=>{this.due=0,this.finish(!0)})}}lift(){
this.stroke=null}place(t){let e=this.canvas.getBoundingClientRect(),s=t.pointerType==="pen"&&t.pressure>0?.4+1.2*t.pressure:
1;return[(t.clientX-e.left)/e.width*this.base.width,(t.clientY-e.top)/e.height*this.base.height,s]}down(t){if(!(t.button>
0&&t.button!==5)){t.preventDefault(),this.canvas.focus({preventScroll:!0});try{this.canvas.setPointerCapture(t.pointerId)}catch{}
t.button===5&&this.erase(!0),this.begin(...this.place(t))}}move(t){if(!(!this.stroke||!t.buttons)){for(let e of t.getCoalescedEvents?.()??
[])this.extend(...this.place(e));this.extend(...this.place(t))}}key(t){let{pen:e,base:s}=this,i=t.key.toLowerCase()==="z"&&
(t.ctrlKey||t.metaKey);if((t.ctrlKey||t.metaKey||t.altKey)&&!i)return;let a=(t.shiftKey?4:1)*Math.max(.5,s.width/24),r={
ArrowLeft:[-a,0],ArrowRight:[a,0],ArrowUp:[0,-a],ArrowDown:[0,a]}[t.key],l=i?"u":t.key.toLowerCase();!r&&![" ","enter","\
u","x"].includes(l)||(t.preventDefault(),t.stopPropagation(),r?(e.x=Math.max(0,Math.min(s.width,e.x+r[0])),e.y=Math.max(
0,Math.min(s.height,e.y+r[1])),e.down&&this.extend(e.x,e.y)):l===" "?(e.down=!e.down,e.down?this.begin(e.x,e.y):this.lift(),
this.lab.say(e.down?"Pen down.":"Pen up.")):l==="enter"?(this.begin(e.x,e.y),e.down||this.lift()):l==="u"?this.undo():(this.
erase(!this.erasing),this.lab.say(this.erasing?"Eraser.":"Brush.")),r&&!e.down&&this.lab.say(`${Math.round(e.x)} across,\
 ${Math.round(e.y)} down`),this.paint())}};function Vt(n,t){let e=ve(t),s=new ImageData(t.width,t.height);for(let i=0,a=0;i<
s.data.length;i+=4,a+=3)s.data[i]=e[a],s.data[i+1]=e[a+1],s.data[i+2]=e[a+2],s.data[i+3]=255;n.width=t.width,n.height=t.
height,C(n).putImageData(s,0,0)}var Qi=.8,qs={playing:.25,still:.03},Zi=80,Jt=class{constructor(t){this.lab=t,this.world=null,this.state=null,this.given=
null,this.mode="image",this.saying=0,this.asker=new Ht(t.client.page,a=>t.command("probe",a),T,(a,o)=>{setTimeout(a,1e3*
o)}),this.trails=new Map,this.keptShown=new P,this.keptPictures=new Map,this.ids={first:null,second:null},this.pad=new Xt(
t,a=>this.drawn(a)),this.answers=new Wt(t),this.walk=new zt(t);let e=(a,o,r,l="ame-button")=>h("button",{type:"button",class:l,
"data-testid":o,onclick:r},a);this.modes={image:e("Draw or pick","probe-image",()=>this.setMode("image"),"ame-quiet"),text:e(
"Type","probe-text-mode",()=>this.setMode("text"),"ame-quiet")},this.text=h("input",{type:"text",maxlength:200,placeholder:"\
a sad cat","aria-label":"Text to put on the maps","data-testid":"probe-text",spellcheck:"false",oninput:()=>this.typed()}),
this.texts=h("select",{"aria-label":"Class text to put on the maps","data-testid":"probe-class-text",onchange:()=>this.typed()}),
this.list=h("datalist",{id:`${t.client.page}-captions`});let s=(a,o)=>{let r=h("input",{type:"text",list:this.list.id,placeholder:"\
caption or number","aria-label":o,"data-testid":`pick-${a}`,onchange:()=>this.choose(a,r.value)});return{field:r,el:h("l\
abel",{class:"ame-probe-pick"},h("span",{},o),r,h("button",{type:"button",class:"ame-quiet",title:"Take the image that i\
s selected on the map",onclick:()=>this.chooseSelected(a)},"Selected"),h("button",{type:"button",class:"ame-quiet",title:"\
Let go of it","aria-label":`No ${o.toLowerCase()}`,onclick:()=>this.letGo(a)},"×"))}};this.picks={first:s("first","Imag\
e"),second:s("second","Blend with")};let i=(a,o,r,l,c)=>h("label",{},h("span",{},o),h("input",{type:"range",min:r,max:l,
step:c,value:String(this.pad.changes[a]),"data-change":a,"data-testid":`change-${a}`,oninput:p=>this.change(a,Number(p.target.
value))}));this.share=i("share","Blend",0,1,.01),this.edits=h("div",{class:"ame-probe-edits"},i("rotate","Rotate",-180,180,
1),i("blur","Blur",0,4,.1),i("noise","Noise",0,1,.02)),this.note=h("p",{class:"ame-probe-note",role:"status","data-testi\
d":"probe-note"}),this.cannot=h("p",{class:"ame-muted","data-testid":"probe-cannot",hidden:!0}),this.imageBox=h("div",{class:"\
ame-probe-input"},this.pad.el,this.picks.first.el,this.picks.second.el,this.share,this.edits),this.textBox=h("div",{class:"\
ame-probe-input",hidden:!0},h("label",{class:"ame-field"},this.text,this.texts)),this.name=h("input",{type:"text",maxlength:40,
placeholder:"name","aria-label":"Name of the probe","data-testid":"probe-name"}),this.keeping=h("button",{type:"submit",
class:"ame-button","data-testid":"keep-probe"},"Keep"),this.kept=h("ul",{class:"ame-probe-kept","aria-label":"Kept probe\
s","data-testid":"kept-probes"}),this.ends=[0,1].map(a=>h("select",{"aria-label":a?"Walk to":"Walk from","data-testid":`\
walk-${a}`})),this.walking=e("Walk","walk-start",()=>this.startWalk()),this.stopping=e("×","walk-stop",()=>this.asker.tell(
{action:"walk",between:null}),"ame-quiet"),this.stopping.setAttribute("aria-label","End the walk"),this.walkBox=h("div",
{class:"ame-field ame-probe-walk"},this.ends[0],"→",this.ends[1],this.walking,this.stopping),this.empty=h("p",{class:"\
ame-muted"},"Draw, pick an image or type a text: it appears on every map, with the answers of the teacher and each stude\
nt."),this.el=h("section",{class:"ame-card ame-probe","aria-label":"Probe","data-testid":"probe"},h("header",{},h("h3",{},
"Probe"),h("div",{class:"ame-group",role:"group","aria-label":"Kind of probe"},this.modes.image,this.modes.text),h("span",
{class:"ame-push"}),e("Take off","probe-clear",()=>this.clear(),"ame-quiet")),this.cannot,this.list,h("div",{class:"ame-\
probe-body"},h("div",{},this.imageBox,this.textBox,h("form",{class:"ame-field",onsubmit:a=>this.keep(a)},this.name,this.
keeping)),h("div",{class:"ame-probe-said"},this.note,this.empty,this.answers.el),h("div",{class:"ame-probe-more"},this.kept,
this.walkBox,this.walk.el))),this.setMode("image")}retained(t,e){t==="probe_world"?this.meet(e):t==="probe"?this.answered(
e):t==="picked"&&e.by===this.lab.client.page&&this.picked(e)}meet(t){this.world=t,A(this.cannot,!!t.cannot),v(this.cannot,
t.cannot),A(this.pad.el,t.shape!==null),A(this.edits,t.shape!==null),v(this.modes.image,t.shape?"Draw or pick":"Pick"),A(
this.text,t.reads_text),A(this.texts,!t.reads_text),t.shape&&this.pad.world(t.shape,t.ground),this.given=null,this.ids={
first:null,second:null}}scene(t){this.list.replaceChildren(...[...t.ids].slice(0,2e3).map((e,s)=>h("option",{value:`${t.
captions[s]??t.class_names[t.labels[s]]} · ${e}`}))),this.texts.replaceChildren(h("option",{value:""},"choose a class t\
ext"),...t.class_names.map(e=>h("option",{value:e},e)))}answered(t){let e=this.asker.answered(t);e!==null&&(this.el.dataset.
taken=e.toFixed(4));let s=this.state?.n!==t.n;s&&this.trails.clear();for(let{name:i,point:a}of t.answers){let o=this.trails.
get(i)??[];o.push([a[0],a[1]]),this.trails.set(i,o.slice(-Zi))}this.state=t,(s||t.error)&&(window.clearTimeout(this.saying),
t.by===this.lab.client.page&&(this.saying=window.setTimeout(()=>this.say(),1e3*Qi))),this.show()}say(){this.state&&!this.
state.error&&!this.asker.busy&&this.lab.say([this.state.remark,this.answers.sentence(this.state)].filter(Boolean).join("\
 "))}show(){let{state:t}=this;if(!t)return;let e=t.error??t.remark;v(this.note,e),this.note.classList.toggle("ame-probe-\
wrong",t.error!==null),A(this.empty,!t.kind&&!t.error&&!t.kept.length),this.answers.draw(t),this.drawKept(t),this.walk.draw(
t,s=>this.answers.color(s)),A(this.stopping,t.walk!==null),this.paint(),Object.assign(this.el.dataset,{answered:t.n,steps:t.
answers.map(({step:s})=>s??"").join(" ")})}paint(){for(let t of this.lab.manifold.panes)this.paintOn(t)}paintOn(t){Ns(t,
this.state,e=>this.lookOf(e),this.trails.get(t.shown?.arm.name??"")??[])}lookOf(t){if(t)return{picture:this.keptPictures.
get(t)??null,kind:this.state?.kept.find(i=>i.name===t)?.kind??null,name:t};let e=this.state?.kind??null,s=e==="text"?this.
given?.text??"my text":e==="image"&&!this.pad.picked.first?"my drawing":"my image";return{picture:e==="image"&&this.world?.
shape&&!this.pad.empty?this.pad.seen:null,kind:e,name:s}}drawKept({kept:t}){let{scene:e}=this.lab,s=t.map(({name:i})=>i);
if(this.keptShown.isNew(t.map(({name:i,kind:a,text:o,id:r,pixels:l})=>[i,a,o,r,l&&l.join()]))){this.keptPictures.clear();
for(let{name:i,pixels:a}of t){if(!a)continue;let o=h("canvas",{class:"ame-thumb-small","aria-hidden":"true"});Vt(o,Yt(a,
a.shape[1],a.shape[0])),this.keptPictures.set(i,o)}this.kept.replaceChildren(...t.map(i=>{let a=h("input",{type:"text",value:i.
name,maxlength:40,"aria-label":`Name of ${i.name}`,onchange:()=>this.asker.tell({action:"rename",name:i.name,to:a.value})});
return h("li",{},h("button",{type:"button",class:"ame-probe-thumb",title:"Go on with it","aria-label":`Go on with ${i.name}`,
onclick:()=>this.resume(i)},this.keptPictures.get(i.name)??"★"),a,h("span",{class:"ame-muted"}),h("button",{type:"butt\
on",class:"ame-quiet","aria-label":`Forget ${i.name}`,title:"Forget",onclick:()=>this.asker.tell({action:"forget",name:i.
name})},"×"))})),this.ends.forEach((i,a)=>{let o=i.value,r=["",...s];i.replaceChildren(...r.map(l=>h("option",{value:l},
l||"the probe now"))),i.value=r.includes(o)&&(o||a)?o:s[a?s.length-1:0]??"",a&&s.length<2&&(i.value="")}),this.lab.again()}
t.forEach(({marks:i},a)=>v(this.kept.children[a].children[2],i.map(({name:o,answer:r,share:l})=>`${o}: ${e?.short[r]??r}\
 ${Math.round(100*l)} %`).join(" · "))),A(this.walkBox,t.length>0)}get token(){return this.state?.token?`+${this.state.
token}`:""}setMode(t){this.mode=t;for(let[e,s]of Object.entries(this.modes))s.setAttribute("aria-pressed",String(e===t));
A(this.imageBox,t==="image"),A(this.textBox,t==="text")}ask(t){this.given=t,this.asker.ask(t)}drawn(t){this.pad.empty?this.
clear(!1):this.ask(_s(t))}typed(){let t=this.world?.reads_text===!1?this.texts.value:this.text.value;t.trim()?this.ask({
kind:"text",text:t}):this.clear(!1)}choose(t,e){let{scene:s}=this.lab,i=e.trim();if(!i)return this.letGo(t);let a=s?.captions.
indexOf(i)??-1,o=i.match(/(?:^|· )(\d+)$/)?.[1]??(a>=0?String(s?.ids[a]):"");if(!o){v(this.note,`No image is called “${i.
slice(0,40)}”: choose one from the list, or type its number.`);return}this.pickId(t,Number(o))}chooseSelected(t){let[e]=this.
lab.frame.selection;if(e===void 0){v(this.note,"Select an image on a map first: click it.");return}let s=this.lab.rowOf.
get(e);this.picks[t].field.value=`${s===void 0?"":this.lab.scene?.captions[s]??""} · ${e}`,this.pickId(t,e)}pickId(t,e){
this.world?.shape?this.asker.tell({action:"pick",id:e,role:t}):(this.ids[t]=e,this.askRow())}letGo(t){this.picks[t].field.
value="",this.ids[t]=null,this.lab.again(),this.world?.shape?this.pad.take(t,null):this.askRow()}askRow(){this.lab.again();
let{first:t,second:e}=this.ids;if(t===null)return this.clear(!1);this.ask({kind:"row",id:t,other:e,share:e===null?0:this.
pad.changes.share})}picked({role:t,pixels:e}){this.setMode("image"),this.pad.take(t,Yt(e,e.shape[1],e.shape[0])),this.lab.
again()}change(t,e){this.pad.changes={...this.pad.changes,[t]:e},this.world?.shape?this.pad.renew():this.askRow()}keep(t){
if(t.preventDefault(),!this.given){v(this.note,"Draw something, pick an image or type a text first.");return}this.asker.
tell({action:"keep",probe:this.given,name:this.name.value}),this.name.value=""}resume({kind:t,text:e,id:s,pixels:i}){this.
setMode(t==="text"?"text":"image"),t==="text"?(this.text.value=this.texts.value=e,this.typed()):i?this.pad.load(Yt(i,i.shape[1],
i.shape[0])):this.pickId("first",s)}startWalk(){this.asker.tell({action:"walk",between:this.ends.map(t=>t.value)})}clear(t=!0){
if(this.given=null,this.asker.drop(),this.asker.tell({action:"clear"}),!!t){this.text.value=this.texts.value="";for(let{
field:e}of Object.values(this.picks))e.value="";this.ids={first:null,second:null},this.world?.shape&&!this.pad.empty&&this.
pad.clear()}}draw(t){let e=this.lab.locked("probe")||t.state==="closed"||!this.world;this.el.inert!==e&&(this.el.inert=e),
this.el.classList.toggle("ame-probe-off",e),this.asker.gap=t.state==="playing"&&t.speed===null?qs.playing:qs.still;let s=this.
pad.picked.second!==null||this.ids.second!==null;A(this.share,s),this.state?.walk&&this.walk.draw(this.state,i=>this.answers.
color(i));for(let i of this.el.querySelectorAll("input[data-change]")){let a=String(this.pad.changes[i.dataset.change]);
document.activeElement!==i&&i.value!==a&&(i.value=a)}}};var ta="Start a new branch from this step (F)",ea=.6,js=({step:n,text:t})=>`${t} from step ${n} on`,Qt=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=ut(e=>t.command("scrub",{step:e}),80),this.range=h("inpu\
t",{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=h("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=h("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:ta},"Fork from here…"),this.bars=h("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=h("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=h("span",{"data-testid":"fork-\
step"}),this.field=h("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=h("span",{}),this.again=h("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=h("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
h("label",{},"Branch off ",this.arm),this.from,h("label",{},"and set ",this.field),this.value,h("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),h("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=h("p",{class:"ame-scrub-note",hidden:!0}),this.el=h("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},h("div",{class:"ame-scrub-row"},h("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=U(e),v(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(a=>h("option",{value:a.name,title:a.label},a.name)));let s=e.dials.filter(
a=>a.steerable&&!a.locked);this.field.replaceChildren(h("option",{value:""},"nothing"),...s.map(a=>h("option",{value:a.field},
a.label))),s.length&&(this.field.value=(s.find(({field:a})=>a==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:r})=>r===this.field.
value),s=t.arms.find(({name:r})=>r===this.arm.value),i=(s?.turns??[]).filter(({step:r,field:l})=>r>this.step&&l!==this.field.
value);if(v(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(js).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let a=e.values[this.arm.value]??e.value,o={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let r=e.step??(e.whole?1:"any");this.input=h("input",{...o,type:"\
number",step:r,min:e.low,max:e.high,value:a??"",required:!0})}else{let r=e.kind==="switch"?[!0,!1]:e.choices;this.input=
h("select",o,r.map(l=>h("option",{value:JSON.stringify(l)},yt(l)))),this.input.value=JSON.stringify(e.kind==="switch"?!a:
a)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=Ge(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=T(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),T()-this.touched>=ea&&(this.shown=U(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=Y(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",A(this.note,i),i&&v(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(h(
"div",{role:"listitem",class:"ame-branch"},h("span",{class:"ame-branch-rail"},h("i",{}),h("span",{})),h("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let a=this.bars.children[i],[o,r]=a.children,[l,c]=o.children,p=s.fork_step??0;l.style.
left=`${100*p/e}%`,l.style.width=`${100*Math.max(0,s.step-p)/e}%`,l.style.background=L(j(t,i)),v(r,s.name),this.marks[i]??=
new P,this.marks[i].isNew([s.turns,e])&&c.replaceChildren(...s.turns.map(d=>h("b",{style:`left: ${100*d.step/e}%`,title:js(
d)}))),a.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var Ws={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},sa=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],ia={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},Zt=class{constructor(t){this.lab=t;let e=(s,i,a,o,r)=>h("button",{type:"button",class:"\
ame-button","data-testid":i,title:o,onclick:r},h("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},h("path",{d:Ws[s]})),h("span",{},a));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=h("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},sa.map(([s,i])=>h("option",{value:s},i))),this.state=h("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=h("span",{class:"ame-count","data-testid":"step"}),this.where=
h("span",{class:"ame-muted"}),this.el=h("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",Ws[s?"pause":"play"]),v(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} ${t.recording?
"the recording":"training"}`));let a=e==="preparing"||e==="closed"||e==="waiting",o=t.prediction?.waiting??!1,r=(u,f,m=!0)=>u.
disabled=a||this.lab.locked(f)||!m;r(this.play,"play",s||!(o||e==="failed")),r(this.step,"step",!(o||e==="finished"||e===
"failed")),r(this.epoch,"epoch",!(o||e==="finished"||e==="failed"));let l=t.steps_per_epoch,c=l===1?"here one minibatch \
holds all the shots, so it is one step":l?`${l} minibatches`:"";this.epoch.title=`One pass over the shots (E)${c&&`: ${c}`}`,
r(this.reset,"reset"),r(this.speed,"speed"),this.play.title=o?"Commit your prediction first":"Play or pause (K)";let p=String(
t.speed??"");document.activeElement!==this.speed&&this.speed.value!==p&&([...this.speed.options].some(u=>u.value===p)||this.
speed.append(h("option",{value:p},`${p} steps/s`)),this.speed.value=p);let d=Y(t);this.state.dataset.state=d?"back":e,v(
this.state,d?"Looking back":t.recording&&s?"Playing":ia[e]),v(this.count,`step ${U(t)} of ${t.steps||"–"}`),v(this.where,
e==="preparing"?t.progress?.text??"":l&&l!==1?`epoch ${q(t.epoch)}`:"")}};var aa=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["P","fill the browse\
r, and back"],["?","this list"]],zs=["change:images","change:arrangement","change:opened"],na={predict:"Predict",exercise:"\
Exercise",dials:"Dials",breaks:"Break it",charts:"Curves",diagnosis:"Diagnosis",delta:"Last step",one_step:"One step",selection:"\
Selection",probe:"Probe",recipe:"Recipe"},te=class{constructor(t){this.client=t,this.scene=null,this.scenes=0,this.pictures=
null,this.frame=ts,this.rowOf=new Map,this.heard=new Set,this.newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=
null,this.focused=null,this.inside=!1,this.due=this.cursorDue=0,this.finishedAt=-1/0,this.quiet=0,this.lateBy=0,this.gone=
!1,this.act=()=>{},this.transport=new Zt(this),this.timeline=new Qt(this),this.manifold=new Lt(this),this.charts=new Tt(
this),this.dials=new Et(this),this.probe=new Jt(this),this.oneStep=new Kt(this),this.exercise=new It(this),this.recipe=new jt(
this);let e={predict:new Ft(this),exercise:this.exercise,dials:this.dials,breaks:new Ot(this),charts:this.charts,diagnosis:new Rt,
delta:new Bt,one_step:this.oneStep,selection:new qt(this),probe:this.probe,recipe:this.recipe};this.fixed={transport:this.
transport,timeline:this.timeline,manifold:this.manifold},this.live=h("div",{class:"ame-hidden",role:"log","aria-live":"p\
olite","data-testid":"said"}),this.error=h("div",{class:"ame-error",role:"alert","data-testid":"error",hidden:!0}),this.
note=h("div",{class:"ame-note",role:"status","data-testid":"note",hidden:!0}),this.progress=h("progress",{max:1,value:0,
"aria-label":"Preparation",hidden:!0}),this.caption=h("p",{class:"ame-caption","data-testid":"caption"}),this.help=h("di\
alog",{class:"ame-keys","aria-label":"Keyboard"},h("h3",{},"Keyboard, while the focus is in the lab"),h("dl",{},aa.map(([
s,i])=>[h("dt",{},h("kbd",{},s)),h("dd",{},i)])),h("p",{},"In a manifold: arrows move, + and − zoom, 0 shows everything,\
 N and B go from image to image, Enter selects, Esc clears, I shows images or dots, O draws all students in one map."),h(
"button",{type:"button",class:"ame-button",onclick:()=>this.help.close()},"Close")),this.losing=h("p",{}),this.sure=h("d\
ialog",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},h("h3",{},"Start over?"),this.losing,h("div",{
class:"ame-choices"},h("button",{type:"button",class:"ame-button ame-primary","data-testid":"keep",onclick:()=>this.sure.
close()},"Keep the run"),h("button",{type:"button",class:"ame-button","data-testid":"drop",onclick:()=>this.dropped()},"\
Start over"))),this.finding=new _t(()=>this.layout.open("diagnosis")),this.said=h("div",{class:"ame-said"},this.caption,
this.finding.el),this.layout=new Ct(this,e,na,[this.manifold.el,this.said]),this.el=h("div",{class:"ame-lab","data-testi\
d":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",onkeydown:s=>this.key(s),"oname-size":()=>this.again(),onfocusin:s=>this.
focusCame(s),onfocusout:s=>this.focusLeft(s)},h("div",{class:"ame-bar"},this.transport.el,h("div",{class:"ame-menu"},this.
layout.arrange,this.layout.present,h("button",{type:"button",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts\
 (?)",onclick:()=>this.help.showModal()},"Keys")),this.progress,this.timeline.el),this.error,this.note,this.layout.el,this.
help,this.sure,this.layout.dialog,this.live),this.themes=new MutationObserver(()=>requestAnimationFrame(()=>this.theme())),
this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","data-jp-theme-name","class"]}),
requestAnimationFrame(()=>this.theme()),this.sizes=new ResizeObserver(()=>{this.layout.fit(),this.again()}),this.sizes.observe(
this.el),this.onTrait=()=>this.again();for(let s of zs)t.model.on(s,this.onTrait);this.draw(this.frame)}close(){this.themes.
disconnect(),this.sizes.disconnect(),this.layout.close(),this.oneStep.loop(!1),this.exercise.close();for(let t of zs)this.
client.model.off(t,this.onTrait)}retained(t,e){if(this.probe.retained(t,e),this.oneStep.retained(t,e),t!=="scene")return;
let s=e;this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.decode(s,s.thumbnails),this.rowOf=new Map([...s.
ids].map((i,a)=>[i,a])),this.manifold.scene(s),this.probe.scene(s),this.again()}message(t){t.type==="shared"&&this.recipe.
shared(t.token)}async decode(t,e){try{let s=await it.load(e);if(this.scene!==t)return;this.pictures=s,this.scenes+=1,this.
manifold.forget(),this.again()}catch(s){console.error("ame_explore: the images could not be decoded",s)}}draw(t){Te(()=>this.
write(t)),this.keepFocus()}write(t){let{state:e}=t;e==="finished"&&this.frame.state==="playing"&&(this.finishedAt=T()),this.
frame=t;let s=t.show&&new Set(t.show);for(let[o,r]of Object.entries(this.fixed)){let l=s!==null&&!s.has(o);r.el.classList.
toggle("ame-off",l),l||r.draw(t)}this.layout.draw(t),this.oneStep.follow(this.layout.isOpen("one_step")),this.finding.draw(
t,!this.hides("diagnosis")&&(s===null||s.has("diagnosis"))&&!this.layout.isOpen("diagnosis")),A(this.error,!!t.error),t.
error&&v(this.error,t.error);let{done:i,of:a}=t.progress??{done:0,of:0};A(this.progress,e==="preparing"),a>0?this.progress.
value=i/a:this.progress.removeAttribute("value"),this.tell(),this.hear(t.said),v(this.caption,t.caption??this.newest),Object.
assign(this.el.dataset,{state:e,step:U(t),frame:t.n,ageMs:Math.round(1e3*this.client.drawnAge),drawMs:this.client.drawMs.
toFixed(1)})}keepFocus(){let t=document.activeElement;this.inside&&(t===null||t===document.body)&&(this.el.focus({preventScroll:!0}),
t=this.focused?.isConnected?this.focused:this.el),t instanceof HTMLElement&&t!==this.el&&this.el.contains(t)&&t.matches(
":disabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&t!==this.el?this.unfocused=null:this.unfocused&&
!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),this.unfocused=null)}focusCame({target:t}){
this.inside=!0,t instanceof HTMLElement&&t!==this.el&&(this.focused=t)}focusLeft(t){let{relatedTarget:e,target:s}=t,i=s instanceof
HTMLElement&&(!s.isConnected||s.matches(":disabled")||!s.checkVisibility());(e instanceof Node?!this.el.contains(e):!i&&
document.hasFocus())&&(this.inside=!1)}again(){this.due||(this.due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&
this.draw(this.frame)}))}late(t){this.el.dataset.late=t?t.toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=
t,this.gone=e,this.tell()}tell(){let t=this.gone?"Python has stopped: the kernel was restarted or shut down. Run the cel\
l again for a new lab; this page still shows the last state.":this.quiet&&this.frame.state!=="closed"?`No answer from Py\
thon for ${Math.round(this.quiet)} s: it may be busy with a cell.`:this.lateBy?`The connection is slow: this picture is ${this.
lateBy.toFixed(1)} s old.`:this.frame.note??"";A(this.note,!!t),v(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.
has(i)),s=this.heard.size===0;for(let{id:i}of e)this.heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?
e.slice(-1):e.slice(-3))this.say(i)}}say(t){for(this.live.append(h("p",{},t));this.live.childElementCount>20;)this.live.
firstChild?.remove()}command(t,...e){this.locked(t)||this.client.send({type:"command",name:t,args:e[0]??{}})}hides(t){return(this.
frame.exercise?.hidden??!1)&&is.includes(t)}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.frame.to_lose){
if(!e)return t();this.act=t,v(this.losing,`${e} would be lost. To keep a run, copy its recipe token first.`),this.sure.showModal()}dropped(){
this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.intoView(),this.frame.state!=="finished")
return this.command(this.frame.state==="playing"?"pause":"play");T()-this.finishedAt<.6||this.anew(()=>{this.command("re\
set"),this.command("play")})}}intoView(){let{top:t,bottom:e}=this.el.getBoundingClientRect();this.el.dataset.shape!=="na\
rrow"&&(t<0||e>window.innerHeight)&&this.el.scrollIntoView({block:"nearest"})}scrubTo(t){this.timeline.range.disabled||this.
command("scrub",{step:he(this.frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=t,!this.cursorDue&&
(this.cursorDue=requestAnimationFrame(()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){let e=t.
target;if(t.key==="Enter"&&(t.ctrlKey||t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.altKey||
t.key==="Tab")return;if(this.help.open||this.sure.open||this.layout.dialog.open)return t.stopPropagation();t.key==="Esca\
pe"&&this.el.classList.contains("ame-presented")&&this.layout.toggle(),(!t.shiftKey||t.key.length===1)&&t.stopPropagation();
let{tagName:s}=e;if(s==="INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let a=l=>!l.disabled&&
l.click(),r={k:()=>this.toggle(),s:()=>a(this.transport.step),e:()=>a(this.transport.epoch),r:()=>a(this.transport.reset),
"[":()=>this.move(-1),"]":()=>this.move(1),l:()=>a(this.timeline.live),f:()=>a(this.timeline.fork),d:()=>this.toDials(),
m:()=>this.manifold.panes[0]?.over.focus(),p:()=>this.layout.toggle(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
r&&(t.preventDefault(),r())}toDials(){this.layout.open("dials"),this.dials.el.querySelector("input:enabled, select:enabl\
ed, button:enabled")?.focus()}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
Z(e,U(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(r,l)=>t?.getPropertyValue(r).trim()||
l,s=e("--ame-card","#ffffff"),[i,a,o]=We(s);return{dark:Q(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|o<<16|a<<8|i)>>>0}}theme(){this.el.dataset.
theme=Q()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.probe.show(),this.again()}};var fr=$e((n,t)=>{ze(n.model.get("quantities"));let e=new te(n);return t.append(e.el),e});export{fr as default};
